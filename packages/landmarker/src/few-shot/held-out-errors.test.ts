import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import type { Example } from './examples.ts'
import { findOutliers } from './held-out-errors.ts'

const scheme = defineScheme({ name: 'three', pointNames: ['eye', 'nose', 'mouth'], flipPairs: [], parts: [] })

/** Errors of labels, x y of each point: small ones that differ, and a large one of the nose of the third face. */
const errors = Array.from({ length: 5 }, (_, face) =>
  Array.from({ length: 6 }, (_, k) => 0.01 * Math.cos(3 * face + 5 * k) + (face === 2 && k === 3 ? 0.4 : 0)),
)

/** What remains of an error after the mean of the other faces is predicted. */
const heldOut = errors.map((row, face) =>
  Float64Array.from(row, (error, k) => {
    const others = errors.filter((_, other) => other !== face)
    return error - others.reduce((sum, other) => sum + (other[k] as number), 0) / others.length
  }),
)

const examples = errors.map(
  (_, face) => ({ sample: { id: `face-${face}` }, mesh: { frame: { side: 100 } } }) as Example,
)

test('a wrong label of few faces stands out, though it pulls the predictions of its point on all of them', () => {
  const outliers = findOutliers(examples, heldOut, scheme)
  expect(outliers).toEqual([{ id: 'face-2', pointName: 'nose', errorPx: expect.closeTo(40, -1) }])
})
