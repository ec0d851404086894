import type { Keypoints } from '../keypoints.ts'
import { singularError } from './singular-error.ts'

/** A change of perspective, [a, b, c, d, e, f, g, h, i]: x' = (a x + b y + c) / w and y' = (d x + e y + f) / w, w = g x + h y + i. */
export interface Homography {
  readonly kind: 'homography'
  readonly matrix: readonly number[]
}

type Matrix3 = [number, number, number, number, number, number, number, number, number]

/** Maps points by a 3 x 3 matrix in homogeneous coordinates. */
export function applyHomography(matrix: readonly number[], points: Keypoints): Keypoints {
  const [a, b, c, d, e, f, g, h, i] = matrix as Matrix3
  const mapped = new Float32Array(points.length)
  for (let at = 0; at < points.length; at += 2) {
    const x = points[at] as number
    const y = points[at + 1] as number
    const w = g * x + h * y + i
    mapped[at] = (a * x + b * y + c) / w
    mapped[at + 1] = (d * x + e * y + f) / w
  }
  return mapped
}

/** Inverts a 3 x 3 matrix by its adjugate. Throws `WARP_SINGULAR`. */
export function invertHomography(matrix: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = matrix as Matrix3
  const adjugate: Matrix3 = [
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
  const determinant = a * adjugate[0] + b * adjugate[3] + c * adjugate[6]
  if (!(Math.abs(determinant) > 1e-12)) throw singularError('WARP_SINGULAR', `matrix ${JSON.stringify(matrix)}`)
  return adjugate.map((value) => value / determinant)
}
