import { IBUG_68, IMM_58, type KeypointScheme } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { formatScheme, parseScheme, updateFlipPairs } from './scheme-text.ts'

const text = { name: 'mine', points: 'left eye\nright eye\nnose', flipPairs: 'left eye = right eye', parts: '' }

const withoutNormalization = ({ normalizationPair, ...scheme }: KeypointScheme): KeypointScheme => scheme

test.each([IBUG_68, IMM_58])('writing and reading $name gives the same scheme', (scheme) => {
  expect(parseScheme(formatScheme(scheme))).toEqual(withoutNormalization(scheme))
})

test('names of any script are kept', () => {
  const points = 'العين اليسرى\n左目\n鼻'
  const scheme = parseScheme({ ...text, points, flipPairs: '', parts: 'خط: العين اليسرى، 左目、鼻, العين اليسرى' })
  expect(scheme.pointNames).toEqual(['العين اليسرى', '左目', '鼻'])
  expect(scheme.parts).toEqual([{ name: 'خط', indices: [0, 1, 2], closed: true }])
})

test('pairs are suggested by names', () => {
  expect(updateFlipPairs('', text.points)).toBe('left eye = right eye')
})

test('pairs stay while other points are named, and go with their own', () => {
  const points = 'ear 1\near 2\nleft eye\nright eye\nnse'
  const pairs = updateFlipPairs('ear 1 = ear 2\nleft eye = nse', points)
  // Each point is in one pair only.
  expect(pairs).toBe('ear 1 = ear 2\nleft eye = nse')
  expect(updateFlipPairs(pairs, points.replace('nse', 'nose'))).toBe('ear 1 = ear 2\nleft eye = right eye')
  expect(updateFlipPairs(pairs, 'ear 1\nleft eye\nnse')).toBe('left eye = nse')
  expect(updateFlipPairs('ear 1 =\near 1 = ear 2 = nose', 'ear 1\near 2\nnose')).toBe('')
})

describe('invalid text is an error that says what was expected', () => {
  test.each([
    ['no name', { name: ' ' }, /no name/],
    ['no points', { points: '\n \n' }, /no points/],
    ['a name twice', { points: 'nose\nnose', flipPairs: '' }, /a name is repeated.*nose/s],
    ['an unknown point in a pair', { flipPairs: 'left eye = ear' }, /a pair names an unknown point.*ear/s],
    ['half a pair', { flipPairs: 'left eye' }, /invalid pair/],
    ['a point in two pairs', { flipPairs: 'left eye = right eye\nnose = left eye' }, /repeated in flipPairs/],
    ['an unknown point in a part', { parts: 'line: nose, ear' }, /part line names an unknown point.*ear/s],
    ['a part without a name', { parts: 'nose, left eye' }, /invalid part/],
  ])('%s', (_, change, message) => {
    expect(() => parseScheme({ ...text, ...change })).toThrow(message)
  })
})
