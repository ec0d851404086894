import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { fitFoldRidge } from './fold-ridge.ts'
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
