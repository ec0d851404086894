import { IBUG_68, IMM_58, type KeypointScheme } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { formatScheme, parseScheme, suggestFlipPairs } from './scheme-text.ts'

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
  expect(suggestFlipPairs(text.points)).toBe('left eye = right eye')
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
