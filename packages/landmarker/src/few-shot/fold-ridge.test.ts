import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { fitFoldRidge, prepareFoldRidge } from './fold-ridge.ts'
import { applyLinearMap, fitRidge, LAMBDAS } from './ridge.ts'

/** From ridge.golden.py, which leaves out each of 9 groups. */
const golden = JSON.parse(readFileSync(new URL('ridge.golden.json', import.meta.url), 'utf8'))
const toRows = (rows: readonly number[][]): Float32Array[] => rows.map((row) => Float32Array.from(row))
const features = toRows(golden.features)
const targets = toRows(golden.targets)

test('fitFoldRidge chooses lambda, predicts and leaves groups out as numpy does by fitting again', () => {
  const fit = fitFoldRidge(features, targets, golden.groups, LAMBDAS)
  expect(fit.lambda).toBe(golden.lambda)
  for (const [i, row] of golden.heldOutResiduals.entries()) {
    expect([...(fit.heldOutResiduals[i] as Float64Array)]).toEqual(row.map((value: number) => expect.closeTo(value, 8)))
  }
  expect([...applyLinearMap(fit, Float32Array.from(golden.input))]).toEqual(
    golden.prediction.map((value: number) => expect.closeTo(value, 5)),
  )
})

test('leaves more than 10 groups out in 10 folds', () => {
  const each = features.map((_, i) => i)
  const fit = fitFoldRidge(features, targets, each, LAMBDAS)
  const expected = fitRidge(
    features,
    targets,
    each.map((group) => group % 10),
  )
  expect(fit.lambda).toBe(expected.lambda)
  for (const [i, row] of fit.heldOutResiduals.entries()) {
    expect([...row]).toEqual(Array.from(expected.heldOutResiduals[i] ?? [], (value) => expect.closeTo(value, 8)))
  }
})

test('rows of one group predict the mean of the targets, and have no held-out prediction', () => {
  const fit = fitFoldRidge(toRows([[4], [4]]), toRows([[1], [3]]), [0, 0], LAMBDAS)
  expect([...applyLinearMap(fit, Float32Array.of(4))]).toEqual([2])
  expect(fit.heldOutResiduals.map(([value]) => value)).toEqual([1, 3])
})

test('a fold that is left out has targets of its own', () => {
  // Features without variance: each fit predicts the mean of the other fold's targets.
  const fit = prepareFoldRidge({
    features: toRows([[0], [0], [0], [0]]),
    targets: toRows([[1], [2], [3], [4]]),
    folds: [0, 0, 1, 1],
    getTargets: (fold) => toRows(fold === 0 ? [[10], [20], [30], [50]] : [[5], [7], [1], [Number.NaN]]),
  })(1)
  expect(fit.heldOutResiduals.map(([value]) => value)).toEqual(
    [-30, -20, -5].map((value): unknown => expect.closeTo(value, 9)).concat(Number.NaN),
  )
  expect(fit.error).toBeCloseTo(900 + 400 + 25, 6)
  expect(fit.offsets[0]).toBeCloseTo(2.5, 9)
})
