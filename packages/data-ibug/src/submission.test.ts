import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readSubmission, scoreSubmission, writeSubmission } from './submission.ts'

const face = (from: number): Float32Array => Float32Array.from({ length: 136 }, (_, i) => from + i / 4)

test('writes x and y in turn, picture after picture, counted from 0', () => {
  const lines = writeSubmission([face(10), face(-3)]).split('\n')
  expect(lines.slice(0, 4)).toEqual(['Id,Predicted', '0,10', '1,10.25', '2,10.5'])
  expect([lines[137], lines.at(-2), lines.at(-1)]).toEqual(['136,-3', '271,30.75', ''])
})

test('what is written is read again', () => {
  // -0 is written as 0.
  const points = fc
    .float32Array({ minLength: 136, maxLength: 136, noNaN: true, min: -1e5, max: 1e5 })
    .map((values) => values.map((value) => value + 0))
  fc.assert(
    fc.property(fc.array(points, { minLength: 1, maxLength: 3 }), (faces) => {
      expect(readSubmission(writeSubmission(faces))).toEqual(faces)
    }),
    { numRuns: 20 },
  )
})

test('may count from 1', () => {
  const rows = [...face(1)].map((value, i) => `${i + 1},${value}`)
  expect(readSubmission(['Id,Predicted', ...rows].join('\r\n'))).toEqual([face(1)])
})

// import numpy as np; a = np.arange(136) / 4; np.abs(np.r_[a + 2, a - 0.5] - np.r_[a, a]).mean()
test('the score is the mean absolute error over all coordinates', () => {
  expect(scoreSubmission([face(2), face(-0.5)], [face(0), face(0)])).toBeCloseTo(1.25, 6)
})

describe('bad input is an error', () => {
  const good = writeSubmission([face(0)])
  test.each<[string, string, object]>([
    ['an empty file', '', { code: 'SUBMISSION_HEADER', line: 1 }],
    ['another header', 'id,x\n0,1', { code: 'SUBMISSION_HEADER', line: 1, received: 'id,x' }],
    ['no row', 'Id,Predicted\n', { code: 'SUBMISSION_LENGTH' }],
    ['half a picture', good.slice(0, good.indexOf('68,')), { code: 'SUBMISSION_LENGTH', received: '68 rows' }],
    ['an Id left out', good.replace('3,0.75\n', ''), { code: 'SUBMISSION_ID', line: 5, received: '4', expected: '3' }],
    ['no number', good.replace('3,0.75', '3,no'), { code: 'SUBMISSION_VALUE', line: 5, received: 'no' }],
    ['a third column', good.replace('3,0.75', '3,0,75'), { code: 'SUBMISSION_VALUE', line: 5, received: '0,75' }],
  ])('%s', (_, text, expected) => {
    expect(() => readSubmission(text, 's.csv')).toThrow(expect.objectContaining({ file: 's.csv', ...expected }))
  })

  test('predictions of another number', () => {
    const error = (code: string) => expect.objectContaining({ code })
    expect(() => scoreSubmission([face(0)], [])).toThrow(error('SUBMISSION_FACES'))
    expect(() => scoreSubmission([], [])).toThrow(error('SUBMISSION_FACES'))
    expect(() => scoreSubmission([new Float32Array(2)], [face(0)])).toThrow(error('SUBMISSION_POINTS'))
    expect(() => writeSubmission([face(0), face(Number.NaN)])).toThrow(error('SUBMISSION_POINTS'))
  })

  test('a changed file is read or is a FacekpError, never another error', () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, put) => {
        try {
          readSubmission(good.slice(0, from) + put + good.slice(from + length))
        } catch (error) {
          expect(isFacekpError(error)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
