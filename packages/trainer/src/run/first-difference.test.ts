import { expect, test } from '@jest/globals'
import { firstDifference } from './first-difference.ts'

const settings = { learningRate: 0.1, paramGroups: [{ match: 'a', lrScale: 1 }], recipe: null }

test('firstDifference takes 0 and -0, which JSON writes as 0, for equal', () => {
  expect(firstDifference({ angle: JSON.parse(JSON.stringify(-0)) }, { angle: -0 })).toBeUndefined()
})

test.each<[unknown, object | undefined]>([
  [{ recipe: null, paramGroups: [{ lrScale: 1, match: 'a' }], learningRate: 0.1 }, undefined],
  [
    { ...settings, learningRate: 0.2 },
    { path: 'learningRate', before: 0.1, after: 0.2 },
  ],
  [
    { ...settings, paramGroups: [{ match: 'a', lrScale: 0 }] },
    { path: 'paramGroups[0].lrScale', before: 1, after: 0 },
  ],
  [
    { ...settings, paramGroups: [] },
    { path: 'paramGroups[0]', before: { match: 'a', lrScale: 1 } },
  ],
  [{ ...settings, paramGroups: { 0: 1 } }, { path: 'paramGroups' }],
  [
    { ...settings, recipe: {} },
    { path: 'recipe', before: null, after: {} },
  ],
  [
    { ...settings, seed: 1 },
    { path: 'seed', before: undefined, after: 1 },
  ],
  [null, { path: '' }],
])('firstDifference finds where %j differs', (changed, expected) => {
  if (expected) expect(firstDifference(settings, changed)).toMatchObject(expected)
  else expect(firstDifference(settings, changed)).toBeUndefined()
})
