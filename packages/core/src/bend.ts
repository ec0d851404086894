import { FacekpError } from './errors.ts'
import type { Keypoints } from './keypoints.ts'

/**
 * A map of point coordinates that is not affine, told from the OUTPUT picture to the INPUT picture, as sampling needs it.
 * Plain numbers, so that it survives JSON and travels between threads.
 */
export type Warp = Homography | DisplacementGrid

/** A change of perspective, [a, b, c, d, e, f, g, h, i]: x' = (a x + b y + c) / w and y' = (d x + e y + f) / w, w = g x + h y + i. */
export interface Homography {
  readonly kind: 'homography'
  readonly matrix: readonly number[]
}

/**
 * The output's point p shows the input at p + d(p). The picture of `width` x `height` is laid out in `columns` x `rows` cells
 * between its edges; beyond them d goes on as it is at the edge. `dx` and `dy` are pixels, row by row.
 *
 * `linear`: one value at each corner of a cell, (columns + 1) x (rows + 1), linear within the two triangles of a cell.
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

/** Points of the output picture in coordinates of the input: exact. */
export function inverseWarpPoints(bend: Warp, points: Keypoints): Keypoints {
  return bend.kind === 'homography' ? project(bend.matrix, points) : displace(bend, points)
}

/**
 * Points of the input picture in coordinates of the output: to 1e-4 of a pixel.
 * Throws `WARP_SINGULAR` for a matrix without an inverse, and for displacements that change by a pixel a pixel or more.
 */
export function warpPoints(bend: Warp, points: Keypoints): Keypoints {
  return bend.kind === 'homography' ? project(invertHomography(bend.matrix), points) : undisplace(bend, points)
}

function project(matrix: readonly number[], points: Keypoints): Keypoints {
  const [a, b, c, d, e, f, g, h, i] = matrix as [number, number, number, number, number, number, number, number, number]
  const projected = new Float32Array(points.length)
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at] as number, points[at + 1] as number]
    const w = g * x + h * y + i
    projected[at] = (a * x + b * y + c) / w
    projected[at + 1] = (d * x + e * y + f) / w
  }
  return projected
}

function invertHomography(matrix: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = matrix as [number, number, number, number, number, number, number, number, number]
  const adjugate = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ]
  const determinant = a * (adjugate[0] as number) + b * (adjugate[3] as number) + c * (adjugate[6] as number)
  if (!(Math.abs(determinant) > 1e-12)) throw singular(`the matrix ${JSON.stringify(matrix)}`)
  return adjugate.map((value) => value / determinant)
}

function displace(grid: DisplacementGrid, points: Keypoints): Keypoints {
  const { columns, rows, dx, dy } = grid
  const [perX, perY] = [columns / grid.width, rows / grid.height]
  const stride = columns + (grid.form === 'linear' ? 1 : 3)
  const displaced = new Float32Array(points.length)
  const [wx, wy] = [new Float64Array(4), new Float64Array(4)]
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at] as number, points[at + 1] as number]
    const u = Math.min(Math.max((x + 0.5) * perX, 0), columns)
    const v = Math.min(Math.max((y + 0.5) * perY, 0), rows)
    const column = Math.min(Math.floor(u), columns - 1)
    const row = Math.min(Math.floor(v), rows - 1)
    const from = row * stride + column
    const [s, t] = [u - column, v - row]
    let [sumX, sumY] = [0, 0]
    if (grid.form === 'linear') {
      // Two triangles: below and above the diagonal that joins the other two corners.
      const lower = s + t <= 1
      const [corner, p, q] = lower ? [from, s, t] : [from + stride + 1, 1 - s, 1 - t]
      const [alongX, alongY] = lower ? [from + 1, from + stride] : [from + stride, from + 1]
      const rest = 1 - p - q
      sumX = rest * (dx[corner] as number) + p * (dx[alongX] as number) + q * (dx[alongY] as number)
      sumY = rest * (dy[corner] as number) + p * (dy[alongX] as number) + q * (dy[alongY] as number)
    } else {
      splineWeights(s, wx)
      splineWeights(t, wy)
      for (let j = 0; j < 4; j++) {
        for (let k = 0; k < 4; k++) {
          const weight = (wy[j] as number) * (wx[k] as number)
          sumX += weight * (dx[from + j * stride + k] as number)
          sumY += weight * (dy[from + j * stride + k] as number)
        }
      }
    }
    displaced[at] = x + sumX
    displaced[at + 1] = y + sumY
  }
  return displaced
}

function splineWeights(t: number, weights: Float64Array): void {
  const [t2, t3] = [t * t, t * t * t]
  weights[0] = (1 - 3 * t + 3 * t2 - t3) / 6
  weights[1] = (4 - 6 * t2 + 3 * t3) / 6
  weights[2] = (1 + 3 * t + 3 * t2 - 3 * t3) / 6
  weights[3] = t3 / 6
}

/** Fixed-point iteration q = p - d(q): it closes in as long as d changes by less than a pixel a pixel. */
function undisplace(grid: DisplacementGrid, points: Keypoints): Keypoints {
  const found = Float32Array.from(points)
  for (let round = 0; round < 500; round++) {
    const reached = displace(grid, found)
    let worst = 0
    for (let i = 0; i < found.length; i++) {
      const miss = (reached[i] as number) - (points[i] as number)
      found[i] = (found[i] as number) - miss
      // A point without a label may hold NaN, which is as far as it gets.
      if (Math.abs(miss) > worst) worst = Math.abs(miss)
    }
    if (worst < 1e-4) return found
  }
  throw singular('displacements that change by a pixel a pixel or more')
}

function singular(received: string): FacekpError {
  return new FacekpError({
    code: 'WARP_SINGULAR',
    problem: 'the bend cannot be undone',
    received,
  })
}
