import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatSubmission, parseSubmission, scoreSubmission } from './submission.ts'

const createFace = (from: number): Float32Array => Float32Array.from({ length: 136 }, (_, i) => from + i / 4)

test('formats x and y of each point of each image, with Ids from 0', () => {
  const lines = formatSubmission([createFace(10), createFace(-3)]).split('\n')
  expect(lines.slice(0, 4)).toEqual(['Id,Predicted', '0,10', '1,10.25', '2,10.5'])
  expect([lines[137], lines.at(-2), lines.at(-1)]).toEqual(['136,-3', '271,30.75', ''])
})

test('parses what it formats', () => {
  // -0 is formatted as 0.
  const points = fc
    .float32Array({ minLength: 136, maxLength: 136, noNaN: true, min: -1e5, max: 1e5 })
    .map((values) => values.map((value) => value + 0))
  fc.assert(
    fc.property(fc.array(points, { minLength: 1, maxLength: 3 }), (faces) => {
      expect(parseSubmission(formatSubmission(faces))).toEqual(faces)
    }),
    { numRuns: 20 },
  )
})

test('accepts Ids from 1', () => {
  const rows = [...createFace(1)].map((value, i) => `${i + 1},${value}`)
  expect(parseSubmission(['Id,Predicted', ...rows].join('\r\n'))).toEqual([createFace(1)])
})

// import numpy as np; a = np.arange(136) / 4; np.abs(np.r_[a + 2, a - 0.5] - np.r_[a, a]).mean()
test('the score is the mean absolute error over all coordinates', () => {
  expect(scoreSubmission([createFace(2), createFace(-0.5)], [createFace(0), createFace(0)])).toBeCloseTo(1.25, 6)
})

describe('invalid input is an error', () => {
  const valid = formatSubmission([createFace(0)])
  test.each<[string, string, object]>([
    ['an empty file', '', { code: 'SUBMISSION_HEADER', line: 1 }],
    ['another header', 'id,x\n0,1', { code: 'SUBMISSION_HEADER', line: 1, received: 'id,x' }],
    ['no row', 'Id,Predicted\n', { code: 'SUBMISSION_LENGTH' }],
    ['half an image', valid.slice(0, valid.indexOf('68,')), { code: 'SUBMISSION_LENGTH', received: '68 rows' }],
    ['a missing Id', valid.replace('3,0.75\n', ''), { code: 'SUBMISSION_ID', line: 5, received: '4', expected: '3' }],
    ['an invalid number', valid.replace('3,0.75', '3,no'), { code: 'SUBMISSION_VALUE', line: 5, received: 'no' }],
    ['a third column', valid.replace('3,0.75', '3,0,75'), { code: 'SUBMISSION_VALUE', line: 5, received: '0,75' }],
  ])('%s', (_, text, expected) => {
    expect(() => parseSubmission(text, 's.csv')).toThrow(expect.objectContaining({ file: 's.csv', ...expected }))
  })

  test('another number of predictions than targets', () => {
    const error = (code: string) => expect.objectContaining({ code })
    expect(() => scoreSubmission([createFace(0)], [])).toThrow(error('SUBMISSION_FACES'))
    expect(() => scoreSubmission([], [])).toThrow(error('SUBMISSION_FACES'))
    expect(() => scoreSubmission([new Float32Array(2)], [createFace(0)])).toThrow(error('SUBMISSION_POINTS'))
    expect(() => formatSubmission([createFace(0), createFace(Number.NaN)])).toThrow(error('SUBMISSION_POINTS'))
  })

  test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, insertion) => {
        try {
          parseSubmission(valid.slice(0, from) + insertion + valid.slice(from + length))
        } catch (error) {
          expect(isFacekpError(error)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
