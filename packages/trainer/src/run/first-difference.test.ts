import { expect, test } from '@jest/globals'
import { firstDifference } from './first-difference.ts'

const settings = { rate: 0.1, groups: [{ layers: 'a', rate: 1 }], none: null }

test.each<[unknown, object | undefined]>([
  [{ none: null, groups: [{ rate: 1, layers: 'a' }], rate: 0.1 }, undefined],
  [
    { ...settings, rate: 0.2 },
    { place: 'rate', before: 0.1, now: 0.2 },
  ],
  [
    { ...settings, groups: [{ layers: 'a', rate: 0 }] },
    { place: 'groups[0].rate', before: 1, now: 0 },
  ],
  [
    { ...settings, groups: [] },
    { place: 'groups[0]', before: { layers: 'a', rate: 1 } },
  ],
  [{ ...settings, groups: { 0: 1 } }, { place: 'groups' }],
  [
    { ...settings, none: {} },
    { place: 'none', before: null, now: {} },
  ],
  [
    { ...settings, more: 1 },
    { place: 'more', before: undefined, now: 1 },
  ],
  [null, { place: '' }],
])('tells where %j differs', (other, expected) => {
  if (expected) expect(firstDifference(settings, other)).toMatchObject(expected)
  else expect(firstDifference(settings, other)).toBeUndefined()
})
