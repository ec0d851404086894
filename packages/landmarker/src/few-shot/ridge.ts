import { invertPositiveDefinite, type SquareMatrix } from './cholesky.ts'
import { averageRows, type Rows, sumSquares } from './rows.ts'

/** Weights of a linear function: float64 from a fit, float32 from a file. */
export type Weights = Float64Array | Float32Array

/** A linear map with an offset: y = (x - means) coefficients + offsets. */
export interface LinearMap<Numbers extends Weights = Float64Array> {
  readonly means: Numbers
  readonly offsets: Numbers
  /** One row for each feature, one column for each target. */
  readonly coefficients: Numbers
}

export interface RidgeFit extends LinearMap {
  /** Strength of the penalty, relative to the mean variance of a row. */
  readonly lambda: number
  /** For each row: its targets minus their prediction by a fit without the row's group. */
  readonly heldOutResiduals: readonly Float64Array[]
}

/** Strengths of the penalty to choose from. Weaker ones fit the noise of the mesh. */
export const LAMBDAS: readonly number[] = [3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1, 10, 100]

/**
 * Fits a ridge regression with an unpenalized offset. The strength of the penalty is that with the smallest error of prediction of
 * groups that were left out, which is computed exactly without fitting again.
 *
 * Source: Hoerl and Kennard 1970, Ridge regression; held-out residuals by the hat matrix: Allen 1974, the PRESS statistic.
 *
 * @param groups for each row a number; rows with the same number are left out together
 */
export function fitRidge(features: Rows, targets: Rows, groups: readonly number[]): RidgeFit {
  const means = averageRows(features)
  const offsets = averageRows(targets)
  const centered = features.map((row) => subtract(row, means))
  const centeredTargets = targets.map((row) => subtract(row, offsets))
  const kernel = computeKernel(centered)
  const members = groupIndices(groups)
  let best: Candidate | undefined
  for (const lambda of LAMBDAS) {
    const candidate = fitDual({ kernel, targets: centeredTargets, members, lambda })
    if (best === undefined || candidate.error < best.error) best = candidate
  }
  const { lambda, weights, heldOutResiduals } = best as Candidate
  return { lambda, heldOutResiduals, means, offsets, coefficients: multiplyTransposed(centered, weights) }
}

/** Applies a linear map. Two rows of coefficients are read at a time: to add one by one to the results takes twice as long. */
export function applyLinearMap(
  { means, offsets, coefficients }: LinearMap<Weights>,
  features: Float32Array,
): Float32Array {
  const result = Float64Array.from(offsets)
  const width = result.length
  for (let i = 0; i < means.length; i += 2) {
    const first = (features[i] as number) - (means[i] as number)
    const hasSecond = i + 1 < means.length
    const second = hasSecond ? (features[i + 1] as number) - (means[i + 1] as number) : 0
    const step = hasSecond ? width : 0
    for (let k = 0, at = i * width; k < width; k++, at++) {
      const sum = first * (coefficients[at] as number) + second * (coefficients[at + step] as number)
      result[k] = (result[k] as number) + sum
    }
  }
  return Float32Array.from(result)
}

interface DualProblem {
  readonly kernel: SquareMatrix
  readonly targets: readonly Float64Array[]
  /** The rows of each group. */
  readonly members: readonly (readonly number[])[]
  readonly lambda: number
}

interface Candidate {
  readonly lambda: number
  /** The dual solution: one row for each row of the data. */
  readonly weights: readonly Float64Array[]
  readonly heldOutResiduals: readonly Float64Array[]
  /** Sum of the squares of the residuals. */
  readonly error: number
}

/** With A = K + penalty I, residuals are penalty A^-1 Y, and I - H = penalty A^-1 - 1/n. */
function fitDual({ kernel, targets, members, lambda }: DualProblem): Candidate {
  const n = targets.length
  const trace = targets.reduce((sum, _, i) => sum + (kernel[i * n + i] as number), 0)
  // Rows that are all alike have no variance.
  const penalty = Math.max((lambda * trace) / n, 1e-12)
  const shifted = Float64Array.from(kernel)
  for (let i = 0; i < n; i++) shifted[i * n + i] = (shifted[i * n + i] as number) + penalty
  const inverse = invertPositiveDefinite(shifted, n) as SquareMatrix
  const weights = multiplyRows(inverse, targets)
  const heldOutResiduals = targets.map((row) => new Float64Array(row.length))
  for (const rows of members) {
    const hat = new Float64Array(rows.length ** 2)
    for (const [a, i] of rows.entries()) {
      for (const [b, j] of rows.entries()) hat[a * rows.length + b] = penalty * (inverse[i * n + j] as number) - 1 / n
    }
    const residuals = rows.map((i) => (weights[i] as Float64Array).map((value) => value * penalty))
    // If all rows are in one group, no row is left to predict it from.
    const leverage = invertPositiveDefinite(hat, rows.length)
    if (leverage === undefined) continue
    for (const [a, row] of multiplyRows(leverage, residuals).entries()) heldOutResiduals[rows[a] as number]?.set(row)
  }
  const error = heldOutResiduals.reduce((sum, row) => sum + sumSquares(row), 0)
  return { lambda, weights, heldOutResiduals, error }
}

function subtract(row: Float32Array, means: Float64Array): Float64Array {
  return Float64Array.from(row, (value, k) => value - (means[k] as number))
}

function computeKernel(rows: readonly Float64Array[]): SquareMatrix {
  const n = rows.length
  const kernel = new Float64Array(n * n)
  for (const [i, a] of rows.entries()) {
    for (let j = 0; j <= i; j++) {
      const b = rows[j] as Float64Array
      let sum = 0
      for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number)
      kernel[i * n + j] = sum
      kernel[j * n + i] = sum
    }
  }
  return kernel
}

function groupIndices(groups: readonly number[]): number[][] {
  const members = new Map<number, number[]>()
  for (const [i, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), i])
  return [...members.values()]
}

/** Multiplies a square matrix by rows. */
function multiplyRows(matrix: SquareMatrix, rows: readonly Float64Array[]): Float64Array[] {
  const n = rows.length
  return rows.map((row, i) => {
    const result = new Float64Array(row.length)
    for (const [j, other] of rows.entries()) {
      const factor = matrix[i * n + j] as number
      for (let k = 0; k < result.length; k++) result[k] = (result[k] as number) + factor * (other[k] as number)
    }
    return result
  })
}

/** Computes A^T B of two lists of rows: for each column of A, the sum over the rows of its number times the row of B. */
function multiplyTransposed(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array {
  const columns = (a[0] as Float64Array).length
  const width = (b[0] as Float64Array).length
  const product = new Float64Array(columns * width)
  for (const [i, row] of a.entries()) {
    const other = b[i] as Float64Array
    for (let c = 0; c < columns; c++) {
      const factor = row[c] as number
      for (let k = 0; k < width; k++) {
        product[c * width + k] = (product[c * width + k] as number) + factor * (other[k] as number)
      }
    }
  }
  return product
}
