import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { metricsSchema } from '../model/landmarker-metrics.ts'
import type { Example } from './examples.ts'
import { computeMetrics, findOutliers } from './held-out-errors.ts'

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

test('a point that no fit predicts without its own labels limits no other point', () => {
  const rows = heldOut.map((row) => Float64Array.of(...row, Number.NaN, Number.NaN, Number.NaN, Number.NaN))
  const five = { ...scheme, pointNames: [...scheme.pointNames, 'right ear', 'left ear'] }
  expect(findOutliers(examples, rows, five)).toEqual(findOutliers(examples, heldOut, scheme))
})

test('metrics are finite, also with eyes at one place and with a point that has no held-out prediction', () => {
  const eyes = defineScheme({
    name: 'eyes',
    pointNames: ['a', 'b', 'c'],
    flipPairs: [],
    parts: [],
    normalizationPair: [0, 1],
  })
  const visibility = Uint8Array.of(2, 2, 2)
  const createExample = (keypoints: number[]): Example =>
    ({
      sample: { id: '', keypoints: Float32Array.from(keypoints), visibility },
      mesh: { frame: { side: 100 } },
    }) as Example
  const residuals = [
    Float64Array.of(0.03, 0.04, 0, 0, Number.NaN, Number.NaN),
    Float64Array.of(0, 0.01, 0, 0, Number.NaN, Number.NaN),
  ]
  const metrics = computeMetrics(
    [createExample([0, 0, 50, 0, 9, 9]), createExample([7, 7, 7, 7, 9, 9])],
    residuals,
    eyes,
  )
  // Points: (5 + 1) / 2 and 0 px; faces: 5 / 2 and 1 / 2 px; the first one relative to 50 px.
  expect(metrics).toEqual({
    source: 'crossValidation',
    images: 2,
    errorPx: expect.closeTo(1.5, 9),
    errorPxByPoint: [expect.closeTo(3, 9), 0, null],
    nme: expect.closeTo(0.05, 9),
  })
  expect(metricsSchema.parse(metrics)).toEqual(metrics)
})
