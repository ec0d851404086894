import { checkArgument } from '../arguments/check-argument.ts'
import { listKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import type { Keypoints } from '../keypoints.ts'
import type { Box } from './box.ts'
import { singularError } from './singular-error.ts'

const COMPOSE_AFFINE_MAPS = listKind(KINDS.affine)

/**
 * An affine map of point coordinates, [a, b, c, d, e, f]:
 * `x' = a x + b y + c`, `y' = d x + e y + f`. Plain numbers, so that it survives JSON.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** The map that leaves every point in place. */
export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0]

/** Translates by (dx, dy) pixels. */
export function translation(dx: number, dy: number): Affine {
  checkArgument(KINDS.number, dx, 'dx', 'translation')
  checkArgument(KINDS.number, dy, 'dy', 'translation')
  return [1, 0, dx, 0, 1, dy]
}

/** Scales by (sx, sy) about the point (cx, cy). */
export function scaling(sx: number, sy: number = sx, cx = 0, cy = 0): Affine {
  checkArgument(KINDS.number, sx, 'sx', 'scaling')
  checkArgument(KINDS.number, sy, 'sy', 'scaling')
  checkArgument(KINDS.number, cx, 'cx', 'scaling')
  checkArgument(KINDS.number, cy, 'cy', 'scaling')
  return [sx, 0, cx - sx * cx, 0, sy, cy - sy * cy]
}

/** Rotates by `degrees` about the point (cx, cy). Positive is clockwise on the screen, because y points down. */
export function rotation(degrees: number, cx = 0, cy = 0): Affine {
  checkArgument(KINDS.number, degrees, 'degrees', 'rotation')
  checkArgument(KINDS.number, cx, 'cx', 'rotation')
  checkArgument(KINDS.number, cy, 'cy', 'rotation')
  const radians = (degrees * Math.PI) / 180
  const cos = Math.cos(radians)
  const sin = Math.sin(radians)
  return [cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy]
}

/** Flips left and right in an image of this width: x' = width - 1 - x. */
export function horizontalReflection(width: number): Affine {
  checkArgument(KINDS.number, width, 'width', 'horizontalReflection')
  return [-1, 0, width - 1, 0, 1, 0]
}

/**
 * Maps an image to its crop to `box`, resized to `width` x `height`. With the box of the whole image it is a plain
 * resize: x' = (x + 0.5) * width / box.width - 0.5.
 */
export function cropAndResize(box: Box, width: number, height: number): Affine {
  checkArgument(KINDS.box, box, 'box', 'cropAndResize')
  checkArgument(KINDS.positive, width, 'width', 'cropAndResize')
  checkArgument(KINDS.positive, height, 'height', 'cropAndResize')
  const sx = width / box.width
  const sy = height / box.height
  return [sx, 0, (0.5 - box.left) * sx - 0.5, 0, sy, (0.5 - box.top) * sy - 0.5]
}

/**
 * Composes maps into one that applies them in the order of the arguments.
 *
 * @example
 * ```ts
 * composeAffine(rotation(10, 40, 30), translation(2, 0)) // rotates, then translates
 * ```
 */
export function composeAffine(...maps: readonly Affine[]): Affine {
  checkArgument(COMPOSE_AFFINE_MAPS, maps, 'maps', 'composeAffine')
  return maps.reduce((first, then) => multiply(then, first), IDENTITY)
}

/**
 * Inverts an affine map.
 *
 * @throws `AFFINE_SINGULAR` if the map has no inverse
 */
export function invert(map: Affine): Affine {
  if (!Array.isArray(map) || map.length !== 6) checkArgument(KINDS.affine, map, 'map', 'invert')
  const [a, b, c, d, e, f] = map
  const determinant = a * e - b * d
  if (!(Math.abs(determinant) > 1e-12)) throw singularError('AFFINE_SINGULAR', JSON.stringify([a, b, c, d, e, f]))
  const ia = e / determinant
  const ib = -b / determinant
  const id = -d / determinant
  const ie = a / determinant
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)]
}

/** Maps the point (x, y). */
export function mapPoint(map: Affine, x: number, y: number): readonly [x: number, y: number] {
  // The points of an image may be many: the full check only runs for what is refused.
  if (!Array.isArray(map) || typeof x !== 'number' || typeof y !== 'number') {
    checkArgument(KINDS.affine, map, 'map', 'mapPoint')
    checkArgument(KINDS.number, x, 'x', 'mapPoint')
    checkArgument(KINDS.number, y, 'y', 'mapPoint')
  }
  const [a, b, c, d, e, f] = map
  return [a * x + b * y + c, d * x + e * y + f]
}

/** Maps each point into a new array. */
export function mapKeypoints(map: Affine, keypoints: Keypoints): Keypoints {
  checkArgument(KINDS.affine, map, 'map', 'mapKeypoints')
  checkArgument(KINDS.keypoints, keypoints, 'keypoints', 'mapKeypoints')
  const [a, b, c, d, e, f] = map
  const mapped = new Float32Array(keypoints.length)
  for (let i = 0; i < keypoints.length; i += 2) {
    const x = keypoints[i] as number
    const y = keypoints[i + 1] as number
    mapped[i] = a * x + b * y + c
    mapped[i + 1] = d * x + e * y + f
  }
  return mapped
}

function multiply(then: Affine, first: Affine): Affine {
  const [a, b, c, d, e, f] = then
  const [p, q, r, s, t, u] = first
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f]
}
