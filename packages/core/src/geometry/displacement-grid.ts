import type { Keypoints } from '../keypoints.ts'
import { singularError } from './singular-error.ts'

/**
 * The output's point p shows the input at p + d(p). An image of `width` x `height` is divided into `columns` x `rows` cells
 * between its edges; beyond the image, d is that of the nearest edge. `dx` and `dy` are pixels, row by row.
 *
 * `linear`: one value for each corner of a cell, (columns + 1) x (rows + 1), linear within the two triangles of a cell.
 * `smooth`: the coefficients of a uniform cubic B-spline, (columns + 3) x (rows + 3).
 */
export interface DisplacementGrid {
  readonly kind: 'grid'
  readonly form: 'linear' | 'smooth'
  readonly width: number
  readonly height: number
  readonly columns: number
  readonly rows: number
  readonly dx: readonly number[]
  readonly dy: readonly number[]
}

/** A position in the grid: the index of its cell's first value, and the fractions within the cell. */
interface CellPosition {
  index: number
  s: number
  t: number
}

/** Writes the displacement at a position into `out`. */
type Interpolate = (grid: DisplacementGrid, position: CellPosition, out: Float64Array) => void

const MAX_ITERATIONS = 500
const TOLERANCE_PX = 1e-4

/** Displaces each point. */
export function applyDisplacements(grid: DisplacementGrid, points: Keypoints): Keypoints {
  const interpolateAt = createInterpolator(grid)
  const displaced = new Float32Array(points.length)
  const displacement = new Float64Array(2)
  for (let at = 0; at < points.length; at += 2) {
    const x = points[at] as number
    const y = points[at + 1] as number
    interpolateAt(x, y, displacement)
    displaced[at] = x + (displacement[0] as number)
    displaced[at + 1] = y + (displacement[1] as number)
  }
  return displaced
}

/**
 * Finds the points that {@link applyDisplacements} maps to `points`, by the fixed-point iteration q = p - d(q). It converges
 * while d changes by less than a pixel from one pixel to the next; throws `WARP_SINGULAR` otherwise.
 */
export function invertDisplacements(grid: DisplacementGrid, points: Keypoints): Keypoints {
  const interpolateAt = createInterpolator(grid)
  // From 1024 on, neighboring numbers of 32 bits are further apart than the tolerance.
  const solution = Float64Array.from(points)
  const displacement = new Float64Array(2)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    let largest = 0
    for (let at = 0; at < solution.length; at += 2) {
      interpolateAt(solution[at] as number, solution[at + 1] as number, displacement)
      for (let axis = 0; axis < 2; axis++) {
        const i = at + axis
        const residual = (solution[i] as number) + (displacement[axis] as number) - (points[i] as number)
        solution[i] = (solution[i] as number) - residual
        // An unlabeled point may be NaN, which no comparison counts.
        if (Math.abs(residual) > largest) largest = Math.abs(residual)
      }
    }
    if (largest < TOLERANCE_PX) return Float32Array.from(solution)
  }
  throw singularError('WARP_SINGULAR', 'displacements that differ by a pixel or more between neighboring pixels')
}

/** Creates a function that writes the displacement at (x, y) into `out`. */
function createInterpolator(grid: DisplacementGrid): (x: number, y: number, out: Float64Array) => void {
  const { columns, rows } = grid
  const cellsPerPixelX = columns / grid.width
  const cellsPerPixelY = rows / grid.height
  const stride = gridStride(grid)
  const interpolate: Interpolate = grid.form === 'linear' ? interpolateLinear : interpolateSpline
  const position: CellPosition = { index: 0, s: 0, t: 0 }
  return (x, y, out) => {
    const u = Math.min(Math.max((x + 0.5) * cellsPerPixelX, 0), columns)
    const v = Math.min(Math.max((y + 0.5) * cellsPerPixelY, 0), rows)
    const column = Math.min(Math.floor(u), columns - 1)
    const row = Math.min(Math.floor(v), rows - 1)
    position.index = row * stride + column
    position.s = u - column
    position.t = v - row
    interpolate(grid, position, out)
  }
}

function gridStride({ form, columns }: DisplacementGrid): number {
  return columns + (form === 'linear' ? 1 : 3)
}

/** Interpolates within the triangle on either side of the cell's diagonal. */
function interpolateLinear(grid: DisplacementGrid, { index, s, t }: CellPosition, out: Float64Array): void {
  const { dx, dy } = grid
  const stride = gridStride(grid)
  const isUpper = s + t <= 1
  const corner = isUpper ? index : index + stride + 1
  const alongX = isUpper ? index + 1 : index + stride
  const alongY = isUpper ? index + stride : index + 1
  const p = isUpper ? s : 1 - s
  const q = isUpper ? t : 1 - t
  const rest = 1 - p - q
  out[0] = rest * (dx[corner] as number) + p * (dx[alongX] as number) + q * (dx[alongY] as number)
  out[1] = rest * (dy[corner] as number) + p * (dy[alongX] as number) + q * (dy[alongY] as number)
}

const weightsX = new Float64Array(4)
const weightsY = new Float64Array(4)

function interpolateSpline(grid: DisplacementGrid, { index, s, t }: CellPosition, out: Float64Array): void {
  const { dx, dy } = grid
  const stride = gridStride(grid)
  computeSplineWeights(s, weightsX)
  computeSplineWeights(t, weightsY)
  let sumX = 0
  let sumY = 0
  for (let j = 0; j < 4; j++) {
    for (let k = 0; k < 4; k++) {
      const weight = (weightsY[j] as number) * (weightsX[k] as number)
      sumX += weight * (dx[index + j * stride + k] as number)
      sumY += weight * (dy[index + j * stride + k] as number)
    }
  }
  out[0] = sumX
  out[1] = sumY
}

/** Computes the four weights of the uniform cubic B-spline at fraction `t` of a cell. */
function computeSplineWeights(t: number, weights: Float64Array): void {
  const t2 = t * t
  const t3 = t * t * t
  weights[0] = (1 - 3 * t + 3 * t2 - t3) / 6
  weights[1] = (4 - 6 * t2 + 3 * t3) / 6
  weights[2] = (1 + 3 * t + 3 * t2 - 3 * t3) / 6
  weights[3] = t3 / 6
}
