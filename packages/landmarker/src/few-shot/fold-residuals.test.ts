import { expect, test } from '@jest/globals'
import type { PointsRow } from './fit-points.ts'
import { assignFolds, computeFoldResiduals } from './fold-residuals.ts'

/** Labels that lie a fixed way beside the second of three mesh points, plus a shift. */
function createRow(numbers: readonly number[], shift = 0): PointsRow {
  const features = Float32Array.from(numbers)
  const targets = Float32Array.of((features[2] as number) + 0.1 + shift, (features[3] as number) - 0.05)
  return { features, targets, visibility: Uint8Array.of(2) }
}

const rows = [
  createRow([0.1, 0.2, 0.5, 0.5, 0.8, 0.1]),
  createRow([0.3, 0.1, 0.6, 0.4, 0.7, 0.3]),
  createRow([0.2, 0.4, 0.4, 0.7, 0.9, 0.2]),
  createRow([0.1, 0.3, 0.7, 0.6, 0.6, 0.4], 0.2),
]

test('a fold that is left out changes no other residual, and keeps its own', () => {
  const residuals = computeFoldResiduals(rows, [0, 1, 2, 3], (row) => row === 3)
  const expected = [
    [0, 0],
    [0, 0],
    [0, 0],
    [0.2, 0],
  ]
  expect(residuals.map((row) => [...row])).toEqual(expected.map((row) => row.map((value) => expect.closeTo(value, 5))))
})

test('a point that only the fold labels has no residual', () => {
  const hidden = rows.slice(0, 3).map((row) => ({ ...row, visibility: Uint8Array.of(0) }))
  const residuals = computeFoldResiduals([...hidden, rows[3] as PointsRow], [0, 1, 2, 3], (row) => row === 3)
  expect(residuals.flatMap((row) => [...row]).every(Number.isNaN)).toBe(true)
})

test('at most 8 folds keep groups together, 4 for many rows', () => {
  expect(assignFolds([0, 0, 7, 8, 9, 9])).toEqual([0, 0, 7, 0, 1, 1])
  const many = Array.from({ length: 601 }, (_, i) => i)
  expect(assignFolds(many).slice(0, 6)).toEqual([0, 1, 2, 3, 0, 1])
})
