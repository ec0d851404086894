import { type SquareMatrix, solvePositiveDefinite } from './cholesky.ts'
import type { RidgeFit } from './ridge.ts'
import { averageRows, type Rows } from './rows.ts'

/** More groups than this are left out several at a time. */
const MAX_FOLDS = 10

/** A fit with one strength of the penalty. */
export interface FoldRidgeFit extends RidgeFit {
  /** Sum of the squares of the held-out residuals. */
  readonly error: number
}

/**
 * Prepares ridge regressions with an unpenalized offset, as `fitRidge` fits them, whose time grows only linearly with the number of rows: for
 * many rows of few features. Groups are left out in at most 10 folds.
 *
 * @param groups for each row a number from 0; rows with the same number are left out together
 * @returns a function that fits with a strength of the penalty, relative to the mean variance of a row
 */
export function prepareFoldRidge(
  features: Rows,
  targets: Rows,
  groups: readonly number[],
): (lambda: number) => FoldRidgeFit {
  const means = averageRows(features)
  const folds = groups.map((group) => group % MAX_FOLDS)
  const sums = new Map<number, Moments>()
  for (const [i, fold] of folds.entries()) {
    const sum = sums.get(fold) ?? createMoments(means.length + 1, (targets[0] as Float32Array).length)
    sums.set(fold, sum)
    addRow(sum, centerRow(features[i] as Float32Array, means), targets[i] as Float32Array)
  }
  const total = [...sums.values()].reduce((a, b) => combine(a, b, 1))
  const variance = computeVariance(total)
  return (lambda) => {
    const penalty = Math.max(lambda * variance, 1e-12)
    const solutions = new Map([...sums].map(([fold, sum]) => [fold, solve(combine(total, sum, -1), penalty)]))
    const heldOutResiduals = features.map((row, i) =>
      computeResidual(
        solutions.get(folds[i] as number) as Float64Array,
        centerRow(row, means),
        targets[i] as Float32Array,
      ),
    )
    const solution = solve(total, penalty)
    const start = means.length * total.width
    return {
      lambda,
      heldOutResiduals,
      error: heldOutResiduals.reduce((sum, row) => sum + row.reduce((a, b) => a + b * b, 0), 0),
      means,
      offsets: solution.slice(start),
      coefficients: solution.slice(0, start),
    }
  }
}

/** Fits with each strength of the penalty and returns the fit with the smallest held-out error. */
export function fitFoldRidge(
  features: Rows,
  targets: Rows,
  groups: readonly number[],
  lambdas: readonly number[],
): FoldRidgeFit {
  const fits = lambdas.map(prepareFoldRidge(features, targets, groups))
  return fits.reduce((best, fit) => (fit.error < best.error ? fit : best))
}

/** Sums over rows (x, 1) and targets y: of x x^T, of x y^T, and the number of rows. */
interface Moments {
  readonly size: number
  readonly width: number
  readonly squares: SquareMatrix
  readonly products: Float64Array
}

/** Centers a row and appends 1, whose coefficient is the offset. */
function centerRow(row: Float32Array, means: Float64Array): Float64Array {
  const centered = new Float64Array(row.length + 1).fill(1)
  for (let k = 0; k < row.length; k++) centered[k] = (row[k] as number) - (means[k] as number)
  return centered
}

function createMoments(size: number, width: number): Moments {
  return { size, width, squares: new Float64Array(size * size), products: new Float64Array(size * width) }
}

function addRow({ size, width, squares, products }: Moments, row: Float64Array, target: Float32Array): void {
  for (let i = 0; i < size; i++) {
    const value = row[i] as number
    for (let j = 0; j <= i; j++) {
      const sum = (squares[i * size + j] as number) + value * (row[j] as number)
      squares[i * size + j] = sum
      squares[j * size + i] = sum
    }
    for (let c = 0; c < width; c++) {
      products[i * width + c] = (products[i * width + c] as number) + value * (target[c] as number)
    }
  }
}

function combine(a: Moments, b: Moments, sign: 1 | -1): Moments {
  return {
    ...a,
    squares: a.squares.map((value, i) => value + sign * (b.squares[i] as number)),
    products: a.products.map((value, i) => value + sign * (b.products[i] as number)),
  }
}

/** Computes the mean variance of a row: the features of all rows have mean 0. */
function computeVariance({ size, squares }: Moments): number {
  let sum = 0
  for (let i = 0; i < size - 1; i++) sum += squares[i * size + i] as number
  return sum / (squares[size * size - 1] as number)
}

/** Computes the coefficients; the last row is the offset. */
function solve({ size, width, squares, products }: Moments, penalty: number): Float64Array {
  const shifted = squares.slice()
  for (let i = 0; i < size - 1; i++) shifted[i * size + i] = (shifted[i * size + i] as number) + penalty
  // If all rows are left out, nothing is left to predict them from.
  return solvePositiveDefinite(shifted, products, { n: size, width }) ?? new Float64Array(size * width)
}

function computeResidual(solution: Float64Array, row: Float64Array, target: Float32Array): Float64Array {
  const residual = Float64Array.from(target)
  for (const [i, value] of row.entries()) {
    for (let c = 0; c < residual.length; c++) {
      residual[c] = (residual[c] as number) - value * (solution[i * residual.length + c] as number)
    }
  }
  return residual
}
