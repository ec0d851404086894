import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parsePts } from './pts.ts'

const ptsText = (points: readonly string[], { count = String(points.length), newline = '\n' } = {}): string =>
  ['version: 1', `n_points:  ${count}`, '{', ...points, '}', ''].join(newline)
const points = Array.from({ length: 68 }, (_, i) => `${i + 1}.5 ${2 * i + 1}`)

describe('parsePts', () => {
  test('counts from 0', () => {
    const keypoints = parsePts(ptsText(points))
    expect(keypoints).toHaveLength(136)
    expect([...keypoints.subarray(0, 4)]).toEqual([0.5, 0, 1.5, 2])
  })

  test.each<[string, string]>([
    ['Windows line ends', ptsText(points, { newline: '\r\n' })],
    ['no header and no braces', points.join('\n')],
    ['one blank after the colon', ptsText(points).replace(':  ', ': ')],
    [
      'none, tabs, trailing blanks and empty lines',
      `\n${ptsText(points.map((line) => ` ${line.replace(' ', '\t')}  `)).replace(':  ', ':')}\n\n`,
    ],
    ['a byte-order mark', `\uFEFF${ptsText(points)}`],
    ['exponents', ptsText(points.map((line) => line.replace(/^(\d+).5/, '$15e-1')))],
  ])('takes %s', (_, text) => {
    expect(parsePts(text)).toEqual(parsePts(ptsText(points)))
  })

  test('takes any number of points', () => {
    expect(parsePts(ptsText(points.slice(0, 46), { newline: '\r\n' }))).toHaveLength(92)
    expect(parsePts('-3 4')).toEqual(Float32Array.of(-4, 3))
  })

  test.each<[string, string, object]>([
    ['an empty file', ' \n', { code: 'PTS_EMPTY' }],
    ['no points', ptsText([]), { code: 'PTS_EMPTY', line: 4 }],
    [
      'too few points',
      ptsText(points, { count: '69' }),
      { code: 'PTS_COUNT', line: 2, received: '68 points', expected: '69' },
    ],
    ['a count that is none', ptsText(points, { count: 'many' }), { code: 'PTS_HEADER', line: 2, received: 'many' }],
    ['no count', 'version: 1\n{\n1 1\n}', { code: 'PTS_HEADER' }],
    ['something else', '<html>', { code: 'PTS_HEADER', line: 1, received: '<html>' }],
    ['a header alone', 'version: 1\nn_points: 1', { code: 'PTS_BRACES', line: 2 }],
    ['a file that is cut off', ptsText(points).slice(0, 100), { code: 'PTS_BRACES' }],
    ['something after the points', `${ptsText(points)}1 1`, { code: 'PTS_BRACES', line: 73, received: '1 1' }],
    ['one number', ptsText(['1 1', '2']), { code: 'PTS_POINT', line: 5, problem: 'point: y is missing' }],
    ['three numbers', ptsText(['1 1 1']), { code: 'PTS_POINT', line: 4, received: '1 1 1' }],
    ['a number that is none', '1 1\n2 x', { code: 'PTS_POINT', line: 2, received: 'x' }],
    ['NaN', '1 1\nNaN 2', { code: 'PTS_POINT', line: 2 }],
  ])('%s is an error with file and line', (_, text, expected) => {
    expect(() => parsePts(text, 'a.pts')).toThrow(expect.objectContaining({ file: 'a.pts', ...expected }))
  })

  test('a changed file is read or is a FacekpError, never another error', () => {
    const good = ptsText(points)
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, put) => {
        try {
          expect(parsePts(good.slice(0, from) + put + good.slice(from + length)).every(Number.isFinite)).toBe(true)
        } catch (error) {
          expect(isFacekpError(error)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
