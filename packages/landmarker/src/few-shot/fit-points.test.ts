import { randomStream } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { fitPoints, type PointsRow } from './fit-points.ts'
import { applyLinearMap } from './ridge.ts'

/** Three mesh points that move independently; one label a fixed way beside the second. */
const rows: PointsRow[] = [
  [0.1, 0.2, 0.5, 0.5, 0.8, 0.1],
  [0.3, 0.1, 0.6, 0.4, 0.7, 0.3],
  [0.2, 0.4, 0.4, 0.7, 0.9, 0.2],
  [0.1, 0.3, 0.7, 0.6, 0.6, 0.4],
].map((numbers) => {
  const features = Float32Array.from(numbers)
  const targets = Float32Array.of((features[2] as number) + 0.1, (features[3] as number) - 0.05)
  return { features, targets, visibility: Uint8Array.of(2) }
})

test('a point that moves with a mesh point is exact, for rows left out and far away too', () => {
  const { map, heldOut } = fitPoints(rows, [0, 1, 2, 3])
  for (const residuals of heldOut) for (const value of residuals) expect(value).toBeCloseTo(0, 6)
  const [x, y] = applyLinearMap(map, Float32Array.of(0, 0, 2, 3, 0, 0))
  expect(x).toBeCloseTo(2.1, 5)
  expect(y).toBeCloseTo(2.95, 5)
})

test('rows without the label neither count nor get a residual', () => {
  const unlabeled = { ...(rows[0] as PointsRow), targets: Float32Array.of(9, Number.NaN), visibility: Uint8Array.of(0) }
  const { map, heldOut } = fitPoints([...rows, unlabeled], [0, 1, 2, 3, 4])
  expect([...(heldOut[4] as Float64Array)]).toEqual([Number.NaN, Number.NaN])
  expect(applyLinearMap(map, (rows[2] as PointsRow).features)[0]).toBeCloseTo(0.5, 5)
})

test('more than 600 rows are fitted as well', () => {
  const random = randomStream({ seed: 1, purpose: 'rows' })
  const many = Array.from({ length: 601 }, () => {
    const features = Float32Array.from({ length: 6 }, () => random.uniform())
    const [, , x, y, , other] = features as unknown as [number, number, number, number, number, number]
    return { features, targets: Float32Array.of(x + 0.3 * other, y - 0.05), visibility: Uint8Array.of(2) }
  })
  const { map, heldOut } = fitPoints(
    many,
    many.map((_, i) => i),
  )
  // The weakest penalty still shrinks the coefficient of 0.3 by its 0.3 %, relative to the variance of all features.
  for (const residuals of heldOut) for (const value of residuals) expect(Math.abs(value)).toBeLessThan(0.005)
  const [x, y] = applyLinearMap(map, Float32Array.of(0.5, 0.5, 0.4, 0.6, 0.5, 1))
  expect(x).toBeCloseTo(0.7, 1)
  expect(y).toBeCloseTo(0.55, 2)
})
