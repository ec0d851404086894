import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { invertPositiveDefinite, solvePositiveDefinite } from './cholesky.ts'
import { applyLinearMap, fitRidge } from './ridge.ts'

/** From ridge.golden.py. */
interface Golden {
  readonly features: readonly number[][]
  readonly targets: readonly number[][]
  readonly groups: readonly number[]
  readonly lambda: number
  readonly heldOutResiduals: readonly number[][]
  readonly input: readonly number[]
  readonly prediction: readonly number[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('ridge.golden.json', import.meta.url), 'utf8'))
const toRows = (rows: readonly number[][]): Float32Array[] => rows.map((row) => Float32Array.from(row))

test('fitRidge chooses lambda, predicts and leaves groups out as numpy does by fitting again', () => {
  const fit = fitRidge(toRows(golden.features), toRows(golden.targets), golden.groups)
  expect(fit.lambda).toBe(golden.lambda)
  for (const [i, row] of golden.heldOutResiduals.entries()) {
    expect([...(fit.heldOutResiduals[i] as Float64Array)]).toEqual(row.map((value) => expect.closeTo(value, 8)))
  }
  const predicted = applyLinearMap(fit, Float32Array.from(golden.input))
  expect([...predicted]).toEqual(golden.prediction.map((value) => expect.closeTo(value, 5)))
})

test('rows without variance predict the mean of the targets', () => {
  const same = [1, 2, 3].map(() => Float32Array.of(4, 4))
  const fit = fitRidge(same, toRows([[1], [2], [6]]), [0, 1, 2])
  expect([...applyLinearMap(fit, Float32Array.of(4, 4))]).toEqual([3])
  // Without each: 1 - 4, 2 - 3.5, 6 - 1.5.
  expect(fit.heldOutResiduals.map(([value]) => value)).toEqual([-3, -1.5, 4.5].map((value) => expect.closeTo(value, 6)))
})

test('invertPositiveDefinite inverts, and returns undefined for other matrices', () => {
  // numpy.linalg.inv([[4, 2], [2, 3]])
  const inverse = invertPositiveDefinite(Float64Array.of(4, 2, 2, 3), 2)
  expect([...(inverse as Float64Array)]).toEqual([0.375, -0.25, -0.25, 0.5].map((value) => expect.closeTo(value, 12)))
  expect(invertPositiveDefinite(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined()
})

test('solvePositiveDefinite solves, and returns undefined for other matrices', () => {
  // numpy.linalg.solve([[4, 2, 1], [2, 3, 0], [1, 0, 2]], [[1, 2], [3, -1], [0, 4]])
  const size = { n: 3, width: 2 }
  const right = Float64Array.of(1, 2, 3, -1, 0, 4)
  const solution = solvePositiveDefinite(Float64Array.of(4, 2, 1, 2, 3, 0, 1, 0, 2), right, size)
  const expected = [
    -0.461538461538462, 0.307692307692308, 1.30769230769231, -0.538461538461538, 0.230769230769231, 1.84615384615385,
  ]
  expect([...(solution as Float64Array)]).toEqual(expected.map((value) => expect.closeTo(value, 12)))
  expect(solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), { n: 2, width: 1 })).toBeUndefined()
})
