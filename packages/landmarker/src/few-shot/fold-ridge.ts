import { type SquareMatrix, solvePositiveDefinite } from './cholesky.ts'
import type { RidgeFit } from './ridge.ts'
import { averageRows, type Rows, sumSquares } from './rows.ts'

/** More groups than this are left out several at a time. */
const MAX_FOLDS = 10

/** A fit with one strength of the penalty. */
export interface FoldRidgeFit extends RidgeFit {
  /** Sum of the squares of the held-out residuals. */
  readonly error: number
}

export interface FoldRidgeProblem {
  readonly features: Rows
  readonly targets: Rows
  /** For each row a number from 0: rows with the same number are left out together. */
  readonly folds: readonly number[]
  /** Returns the targets of all rows that are used if a fold is left out; default: `targets`. */
  readonly getTargets?: (fold: number) => Rows
}

/**
 * Prepares ridge regressions with an unpenalized offset, as `fitRidge` fits them, whose time grows only linearly with the number of rows: for
 * many rows of few features.
 *
 * @returns a function that fits with a strength of the penalty, relative to the mean variance of a row
 */
export function prepareFoldRidge({
  features,
  targets,
  folds,
  getTargets,
}: FoldRidgeProblem): (lambda: number) => FoldRidgeFit {
  const means = averageRows(features)
  const centered = features.map((row) => centerRow(row, means))
  const size = means.length + 1
  const width = (targets[0] as Float32Array).length
  const squares = new Map<number, SquareMatrix>()
  for (const [i, fold] of folds.entries()) {
    const sum = squares.get(fold) ?? new Float64Array(size * size)
    squares.set(fold, sum)
    addSquares(sum, centered[i] as Float64Array)
  }
  const total = [...squares.values()].reduce((a, b) => combine(a, b, 1))
  const equations: Equations = { size, width, squares: total, products: sumProducts(centered, targets, () => true) }
  const variance = computeVariance(equations)
  const parts = new Map(
    [...squares].map(([fold, part]) => {
      // Without targets of its own, a fold's sum is what it adds to the sum of all.
      const products = getTargets
        ? sumProducts(centered, getTargets(fold), (i) => folds[i] !== fold)
        : combine(
            equations.products,
            sumProducts(centered, targets, (i) => folds[i] === fold),
            -1,
          )
      return [fold, { size, width, squares: combine(total, part, -1), products }]
    }),
  )
  return (lambda) => {
    const penalty = Math.max(lambda * variance, 1e-12)
    const solutions = new Map([...parts].map(([fold, part]) => [fold, solve(part, penalty)]))
    const heldOutResiduals = centered.map((row, i) => {
      const fold = folds[i] as number
      const target = (getTargets?.(fold) ?? targets)[i] as Float32Array
      return computeResidual(solutions.get(fold) as Float64Array, row, target)
    })
    const solution = solve(equations, penalty)
    const start = means.length * width
    return {
      lambda,
      heldOutResiduals,
      error: heldOutResiduals.reduce((sum, row) => sum + sumSquares(row), 0),
      means,
      offsets: solution.slice(start),
      coefficients: solution.slice(0, start),
    }
  }
}

/**
 * Fits with each strength of the penalty and returns the fit with the smallest held-out error. Groups are left out in at most 10 folds.
 *
 * @param groups for each row a number from 0; rows with the same number are left out together
 */
export function fitFoldRidge(
  features: Rows,
  targets: Rows,
  groups: readonly number[],
  lambdas: readonly number[],
): FoldRidgeFit {
  const folds = groups.map((group) => group % MAX_FOLDS)
  const fits = lambdas.map(prepareFoldRidge({ features, targets, folds }))
  return fits.reduce((best, fit) => (fit.error < best.error ? fit : best))
}

/** Centers a row and appends 1, whose coefficient is the offset. */
function centerRow(row: Float32Array, means: Float64Array): Float64Array {
  const centered = new Float64Array(row.length + 1).fill(1)
  for (let k = 0; k < row.length; k++) centered[k] = (row[k] as number) - (means[k] as number)
  return centered
}

function addSquares(squares: SquareMatrix, row: Float64Array): void {
  for (let i = 0; i < row.length; i++) {
    const value = row[i] as number
    for (let j = 0; j <= i; j++) {
      const sum = (squares[i * row.length + j] as number) + value * (row[j] as number)
      squares[i * row.length + j] = sum
      squares[j * row.length + i] = sum
    }
  }
}

/** Sums row times target over rows; targets that are not known count as 0. */
function sumProducts(rows: readonly Float64Array[], targets: Rows, isUsed: (row: number) => boolean): Float64Array {
  const width = (targets[0] as Float32Array).length
  const products = new Float64Array((rows[0] as Float64Array).length * width)
  for (const [k, row] of rows.entries()) {
    if (!isUsed(k)) continue
    const target = (targets[k] as Float32Array).map((value) => (Number.isNaN(value) ? 0 : value))
    for (let i = 0; i < row.length; i++) {
      const value = row[i] as number
      const start = i * width
      for (let c = 0; c < width; c++) {
        products[start + c] = (products[start + c] as number) + value * (target[c] as number)
      }
    }
  }
  return products
}

function combine(a: SquareMatrix, b: SquareMatrix, sign: 1 | -1): SquareMatrix {
  return a.map((value, i) => value + sign * (b[i] as number))
}

/** The normal equations: sums over rows (x, 1) and targets y of x x^T and of x y^T. */
interface Equations {
  readonly size: number
  readonly width: number
  readonly squares: SquareMatrix
  readonly products: Float64Array
}

/** Computes the mean variance of a row: the features of all rows have mean 0. */
function computeVariance({ size, squares }: Equations): number {
  let sum = 0
  for (let i = 0; i < size - 1; i++) sum += squares[i * size + i] as number
  return sum / (squares[size * size - 1] as number)
}

/** Computes the coefficients; the last row is the offset. */
function solve({ size, width, squares, products }: Equations, penalty: number): Float64Array {
  const shifted = squares.slice()
  for (let i = 0; i < size - 1; i++) shifted[i * size + i] = (shifted[i * size + i] as number) + penalty
  // If all rows are left out, nothing is left to predict them from.
  return solvePositiveDefinite(shifted, products, { n: size, width }) ?? new Float64Array(size * width)
}

function computeResidual(solution: Float64Array, row: Float64Array, target: Float32Array): Float64Array {
  const residual = Float64Array.from(target)
  const width = residual.length
  for (let i = 0; i < row.length; i++) {
    const value = row[i] as number
    const start = i * width
    for (let c = 0; c < width; c++) {
      residual[c] = (residual[c] as number) - value * (solution[start + c] as number)
    }
  }
  return residual
}
