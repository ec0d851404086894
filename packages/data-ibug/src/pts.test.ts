import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parsePts } from './pts.ts'

const formatPts = (points: readonly string[], { count = String(points.length), newline = '\n' } = {}): string =>
  ['version: 1', `n_points:  ${count}`, '{', ...points, '}', ''].join(newline)
const points = Array.from({ length: 68 }, (_, i) => `${i + 1}.5 ${2 * i + 1}`)

describe('parsePts', () => {
  test('counts from 0', () => {
    const keypoints = parsePts(formatPts(points))
    expect(keypoints).toHaveLength(136)
    expect([...keypoints.subarray(0, 4)]).toEqual([0.5, 0, 1.5, 2])
  })

  test.each<[string, string]>([
    ['Windows line endings', formatPts(points, { newline: '\r\n' })],
    ['no header and no braces', points.join('\n')],
    ['one space after the colon', formatPts(points).replace(':  ', ': ')],
    [
      'no space after the colon, tabs, trailing spaces and empty lines',
      `\n${formatPts(points.map((line) => ` ${line.replace(' ', '\t')}  `)).replace(':  ', ':')}\n\n`,
    ],
    ['a byte-order mark', `\uFEFF${formatPts(points)}`],
    ['exponents', formatPts(points.map((line) => line.replace(/^(\d+).5/, '$15e-1')))],
  ])('accepts %s', (_, text) => {
    expect(parsePts(text)).toEqual(parsePts(formatPts(points)))
  })

  test('accepts any number of points', () => {
    expect(parsePts(formatPts(points.slice(0, 46), { newline: '\r\n' }))).toHaveLength(92)
    expect(parsePts('-3 4')).toEqual(Float32Array.of(-4, 3))
  })

  test.each<[string, string, object]>([
    ['an empty file', ' \n', { code: 'PTS_EMPTY' }],
    ['no points', formatPts([]), { code: 'PTS_EMPTY', line: 4 }],
    [
      'too few points',
      formatPts(points, { count: '69' }),
      { code: 'PTS_COUNT', line: 2, received: '68 points', expected: '69' },
    ],
    ['an invalid count', formatPts(points, { count: 'many' }), { code: 'PTS_HEADER', line: 2, received: 'many' }],
    ['no count', 'version: 1\n{\n1 1\n}', { code: 'PTS_HEADER' }],
    ['another format', '<html>', { code: 'PTS_HEADER', line: 1, received: '<html>' }],
    ['only a header', 'version: 1\nn_points: 1', { code: 'PTS_BRACES', line: 2 }],
    ['a truncated file', formatPts(points).slice(0, 100), { code: 'PTS_BRACES' }],
    ['a line after the points', `${formatPts(points)}1 1`, { code: 'PTS_BRACES', line: 73, received: '1 1' }],
    ['one number', formatPts(['1 1', '2']), { code: 'PTS_POINT', line: 5, problem: 'point: y is missing' }],
    ['three numbers', formatPts(['1 1 1']), { code: 'PTS_POINT', line: 4, received: '1 1 1' }],
    ['an invalid number', '1 1\n2 x', { code: 'PTS_POINT', line: 2, received: 'x' }],
    ['NaN', '1 1\nNaN 2', { code: 'PTS_POINT', line: 2 }],
  ])('%s is an error with file and line', (_, text, expected) => {
    expect(() => parsePts(text, 'a.pts')).toThrow(expect.objectContaining({ file: 'a.pts', ...expected }))
  })

  test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
    const valid = formatPts(points)
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, insertion) => {
        try {
          expect(parsePts(valid.slice(0, from) + insertion + valid.slice(from + length)).every(Number.isFinite)).toBe(
            true,
          )
        } catch (error) {
          expect(isFacekpError(error)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
