import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { asfText, POINTS, pointLine } from '../fixtures/folder.ts'
import { asfKeypoints, parseAsf } from './asf.ts'

const lines = (change: (all: string[]) => void): string[] => {
  const all = Array.from({ length: POINTS }, (_, i) => pointLine(i))
  change(all)
  return all
}

describe('parseAsf', () => {
  test('gives points as fractions, and the host image', () => {
    const { points, hostImage } = parseAsf(asfText())
    expect(points).toHaveLength(2 * POINTS)
    expect(points[104]).toBeCloseTo(0.52)
    expect(points[105]).toBeCloseTo(0.53)
    expect(hostImage).toBe('01-1m.jpg')
  })

  test('takes Windows line ends, additional columns and numbers with exponents', () => {
    expect(parseAsf(asfText({ newline: '\r\n' }))).toEqual(parseAsf(asfText()))
    const more = lines((all) => {
      for (const i of all.keys()) all[i] = pointLine(i, { x: '2.5e-1', more: '\t0.00\t0.00\t0.00' })
    })
    expect(parseAsf(asfText({ points: more })).points[0]).toBe(0.25)
  })

  test('pixel = value * size, without half a pixel', () => {
    const { points } = parseAsf(asfText({ count: '1', points: [pointLine(0, { x: 0.25, y: 0.5 })] }))
    expect([...asfKeypoints({ points, hostImage: '' }, 640, 480)]).toEqual([160, 240])
  })

  test.each<[string, string, object]>([
    ['an empty file', '', { code: 'ASF_EMPTY' }],
    ['comments alone', '# nothing\n#\n', { code: 'ASF_EMPTY' }],
    ['no count', asfText({ count: '' }), { code: 'ASF_COUNT', line: 9 }],
    ['a count that is none', asfText({ count: 'many' }), { code: 'ASF_COUNT', line: 5, received: 'many' }],
    ['a count of 0', asfText({ count: '0' }), { code: 'ASF_COUNT', line: 5 }],
    ['too few points', asfText({ points: lines((all) => all.pop()) }), { code: 'ASF_COUNT', received: '57 points' }],
    [
      'too many points',
      asfText({ points: lines((all) => all.push(pointLine(58))) }),
      { code: 'ASF_COUNT', line: 67, received: '59 points' },
    ],
    [
      'a number that is none',
      asfText({ points: lines((all) => (all[2] = pointLine(2, { x: '0.1x' }))) }),
      { code: 'ASF_VALUE', line: 11, received: '0.1x', problem: 'x of point 2 cannot be read' },
    ],
    ['NaN', asfText({ points: lines((all) => (all[0] = pointLine(0, { y: 'NaN' }))) }), { code: 'ASF_VALUE', line: 9 }],
    [
      'a missing column',
      asfText({ points: lines((all) => (all[3] = '0 4 0.1 0.2 3 2')) }),
      { code: 'ASF_VALUE', line: 12, expected: expect.stringContaining('7 columns') },
    ],
    [
      'x beyond the picture',
      asfText({ points: lines((all) => (all[57] = pointLine(57, { x: 1.01 }))) }),
      { code: 'ASF_OUT_OF_RANGE', line: 66, received: '1.01', expected: 'a number from 0 to 1' },
    ],
    [
      'y before the picture',
      asfText({ points: lines((all) => (all[1] = pointLine(1, { y: -0.5 }))) }),
      { code: 'ASF_OUT_OF_RANGE', line: 10, received: '-0.5' },
    ],
    [
      'points out of order',
      asfText({ points: lines((all) => (all[7] = pointLine(8))) }),
      { code: 'ASF_ORDER', line: 16, received: 'point 8', expected: 'point 7' },
    ],
    ['no host image', asfText({ host: '' }), { code: 'ASF_HOST_IMAGE' }],
    ['two host images', asfText({ host: 'a.jpg\nb.jpg' }), { code: 'ASF_HOST_IMAGE', line: 71, received: 'b.jpg' }],
  ])('%s is an error with file and line', (_, text, expected) => {
    expect(() => parseAsf(text, '01-1m.asf')).toThrow(expect.objectContaining({ file: '01-1m.asf', ...expected }))
  })

  test('a changed file is read or is a FacekpError, never another error', () => {
    const good = asfText()
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, put) => {
        const text = good.slice(0, from) + put + good.slice(from + length)
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
