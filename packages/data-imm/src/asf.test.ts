import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatAsf, formatPoint, POINTS } from '../fixtures/imm-folder.ts'
import { asfToKeypoints, parseAsf } from './asf.ts'

const editPoints = (edit: (points: string[]) => void): string[] => {
  const points = Array.from({ length: POINTS }, (_, i) => formatPoint(i))
  edit(points)
  return points
}

describe('parseAsf', () => {
  test('returns points as fractions, and the host image', () => {
    const { points, hostImage } = parseAsf(formatAsf())
    expect(points).toHaveLength(2 * POINTS)
    expect(points[104]).toBeCloseTo(0.52)
    expect(points[105]).toBeCloseTo(0.53)
    expect(hostImage).toBe('01-1m.jpg')
  })

  test('accepts Windows line endings, additional columns and exponents', () => {
    expect(parseAsf(formatAsf({ newline: '\r\n' }))).toEqual(parseAsf(formatAsf()))
    const points = editPoints((lines) => {
      for (const i of lines.keys()) lines[i] = formatPoint(i, { x: '2.5e-1', extra: '\t0.00\t0.00\t0.00' })
    })
    expect(parseAsf(formatAsf({ points })).points[0]).toBe(0.25)
  })

  test('asfToKeypoints multiplies by the size, without half a pixel', () => {
    const { points } = parseAsf(formatAsf({ count: '1', points: [formatPoint(0, { x: 0.25, y: 0.5 })] }))
    expect([...asfToKeypoints({ points, hostImage: '' }, 640, 480)]).toEqual([160, 240])
  })

  test.each<[string, string, object]>([
    ['an empty file', '', { code: 'ASF_EMPTY' }],
    ['only comments', '# nothing\n#\n', { code: 'ASF_EMPTY' }],
    ['no count', formatAsf({ count: '' }), { code: 'ASF_COUNT', line: 9 }],
    ['an invalid count', formatAsf({ count: 'many' }), { code: 'ASF_COUNT', line: 5, received: 'many' }],
    ['a count of 0', formatAsf({ count: '0' }), { code: 'ASF_COUNT', line: 5 }],
    [
      'too few points',
      formatAsf({ points: editPoints((lines) => lines.pop()) }),
      { code: 'ASF_COUNT', received: '57 points' },
    ],
    [
      'too many points',
      formatAsf({ points: editPoints((lines) => lines.push(formatPoint(58))) }),
      { code: 'ASF_COUNT', line: 67, received: '59 points' },
    ],
    [
      'an invalid number',
      formatAsf({ points: editPoints((lines) => (lines[2] = formatPoint(2, { x: '0.1x' }))) }),
      { code: 'ASF_VALUE', line: 11, received: '0.1x', problem: 'invalid x of point 2' },
    ],
    [
      'NaN',
      formatAsf({ points: editPoints((lines) => (lines[0] = formatPoint(0, { y: 'NaN' }))) }),
      { code: 'ASF_VALUE', line: 9 },
    ],
    [
      'a missing column',
      formatAsf({ points: editPoints((lines) => (lines[3] = '0 4 0.1 0.2 3 2')) }),
      { code: 'ASF_VALUE', line: 12, expected: expect.stringContaining('7 columns') },
    ],
    [
      'x beyond the image',
      formatAsf({ points: editPoints((lines) => (lines[57] = formatPoint(57, { x: 1.01 }))) }),
      { code: 'ASF_OUT_OF_RANGE', line: 66, received: '1.01', expected: 'a number from 0 to 1' },
    ],
    [
      'y before the image',
      formatAsf({ points: editPoints((lines) => (lines[1] = formatPoint(1, { y: -0.5 }))) }),
      { code: 'ASF_OUT_OF_RANGE', line: 10, received: '-0.5' },
    ],
    [
      'points out of order',
      formatAsf({ points: editPoints((lines) => (lines[7] = formatPoint(8))) }),
      { code: 'ASF_ORDER', line: 16, received: 'point 8', expected: 'point 7' },
    ],
    ['no host image', formatAsf({ host: '' }), { code: 'ASF_HOST_IMAGE' }],
    ['two host images', formatAsf({ host: 'a.jpg\nb.jpg' }), { code: 'ASF_HOST_IMAGE', line: 71, received: 'b.jpg' }],
  ])('%s is an error with file and line', (_, text, expected) => {
    expect(() => parseAsf(text, '01-1m.asf')).toThrow(expect.objectContaining({ file: '01-1m.asf', ...expected }))
  })

  test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
    const good = formatAsf()
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, insertion) => {
        const text = good.slice(0, from) + insertion + good.slice(from + length)
        try {
          expect(parseAsf(text).points.every((value) => value >= 0 && value <= 1)).toBe(true)
        } catch (error) {
          expect(isFacekpError(error)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})

test.each(['1'.repeat(200_000), `${'1 '.repeat(50_000)}`, `${'a.'.repeat(50_000)}`])(
  'four times as long an invalid line takes about four times as long',
  (long) => {
    // Milliseconds of processor time: the clock also counts what other programs do.
    const parse = (value: string): number => {
      const before = process.cpuUsage()
      expect(() => parseAsf(`1\n0 0 ${value}x 0.5 0 0 0\na.jpg`)).toThrow(
        expect.objectContaining({ name: 'FacekpError' }),
      )
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    }
    const short = parse(long.slice(0, long.length / 4))
    // Quadratic time is 16 times, and seconds. The garbage of other tests may be collected in one of three calls.
    expect(Math.min(parse(long), parse(long), parse(long))).toBeLessThan(8 * short + 200)
  },
)
