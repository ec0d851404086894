import { randomStream } from '@facekp/core'
import type { LinearMap } from './ridge.ts'
import { averageRows, type Rows } from './rows.ts'

/** Directions in which rows of numbers vary most, and the mean row. */
export interface PrincipalBasis {
  readonly means: Float64Array
  /** Standard deviations that the numbers were divided by; 1 if they were not. */
  readonly scales: Float64Array
  /** Orthonormal directions. They span the dominant subspace; their order means nothing. */
  readonly directions: readonly Float64Array[]
}

export interface PrincipalBasisOptions {
  /** Largest number of directions. */
  readonly count: number
  /** Whether each number counts relative to its standard deviation. */
  readonly standardize: boolean
}

/** Repetitions that bring the directions near to those of the largest variances. */
const ITERATIONS = 4

/**
 * Finds the directions in which rows vary most, by subspace iteration.
 *
 * Source: Halko, Martinsson and Tropp 2011, Finding structure with randomness, algorithm 4.4.
 */
export function computePrincipalBasis(rows: Rows, { count, standardize }: PrincipalBasisOptions): PrincipalBasis {
  const means = averageRows(rows)
  const scales = standardize ? computeDeviations(rows, means) : means.map(() => 1)
  const centered = rows.map((row) => centerRow(row, means, scales))
  const random = randomStream({ seed: 0, purpose: 'principal-basis' })
  let directions: readonly Float64Array[] = Array.from({ length: Math.min(count, rows.length, means.length) }, () =>
    means.map(() => random.normal()),
  )
  for (let i = 0; i < ITERATIONS; i++) {
    const next = directions.map(() => new Float64Array(means.length))
    for (const row of centered) {
      for (const [k, direction] of directions.entries()) addScaled(next[k] as Float64Array, row, dot(row, direction))
    }
    directions = orthonormalize(next)
  }
  return { means, scales, directions }
}

/** Computes the coordinates of a row along the directions. */
export function projectRow({ means, scales, directions }: PrincipalBasis, row: Float32Array): Float32Array {
  const centered = centerRow(row, means, scales)
  return Float32Array.from(directions, (direction) => dot(centered, direction))
}

/** Converts a linear map of the coordinates to one of the rows. */
export function expandMap({ means, scales, directions }: PrincipalBasis, map: LinearMap): LinearMap {
  const width = map.offsets.length
  const offsets = map.offsets.slice()
  const coefficients = new Float64Array(means.length * width)
  for (const [k, direction] of directions.entries()) {
    const row = map.coefficients.subarray(k * width, (k + 1) * width)
    addScaled(offsets, row, -(map.means[k] as number))
    for (let i = 0; i < means.length; i++) {
      addScaled(
        coefficients.subarray(i * width, (i + 1) * width),
        row,
        (direction[i] as number) / (scales[i] as number),
      )
    }
  }
  return { means, offsets, coefficients }
}

function computeDeviations(rows: Rows, means: Float64Array): Float64Array {
  const squares = new Float64Array(means.length)
  for (const row of rows) {
    for (let i = 0; i < squares.length; i++) {
      squares[i] = (squares[i] as number) + ((row[i] as number) - (means[i] as number)) ** 2
    }
  }
  // A number that never varies has no direction, whatever it is divided by.
  return squares.map((sum) => Math.sqrt(sum / rows.length) || 1)
}

function centerRow(row: Float32Array, means: Float64Array, scales: Float64Array): Float64Array {
  return Float64Array.from(row, (value, i) => (value - (means[i] as number)) / (scales[i] as number))
}

/** Orthonormalizes vectors by the modified Gram-Schmidt process. Vectors that depend on earlier ones are left out. */
function orthonormalize(vectors: readonly Float64Array[]): Float64Array[] {
  const result: Float64Array[] = []
  for (const vector of vectors) {
    const length = Math.sqrt(dot(vector, vector))
    for (const direction of result) addScaled(vector, direction, -dot(vector, direction))
    const rest = Math.sqrt(dot(vector, vector))
    if (rest > 1e-9 * length) result.push(vector.map((value) => value / rest))
  }
  return result
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function addScaled(to: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (vector[i] as number)
}
