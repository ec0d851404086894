import { FacekpError } from './errors.ts'

/** Coordinates of N points: x0 y0 x1 y1 …, in pixels of their image, (0, 0) the center of its top-left pixel. */
export type Keypoints = Float32Array

/** One value a point: {@link NOT_LABELED}, {@link HIDDEN} or {@link VISIBLE} (as COCO has it). */
export type Visibility = Uint8Array

/** The point has no label; its coordinates mean nothing and no error is measured on it. */
export const NOT_LABELED = 0
/** The point is labeled but not in sight: covered, or outside the picture. */
export const HIDDEN = 1
/** The point is labeled and in sight. */
export const VISIBLE = 2

/** A visibility array that says of each of `count` points that it is in sight. */
export function allVisible(count: number): Visibility {
  return new Uint8Array(count).fill(VISIBLE)
}

/** The x and y of point `index`. Throws `KEYPOINT_INDEX` where there is no such point. */
export function pointAt(keypoints: Keypoints, index: number): readonly [x: number, y: number] {
  const x = keypoints[2 * index]
  const y = keypoints[2 * index + 1]
  if (x === undefined || y === undefined) {
    throw new FacekpError({
      code: 'KEYPOINT_INDEX',
      problem: 'there is no such point',
      received: String(index),
      expected: `0 to ${keypoints.length / 2 - 1}`,
    })
  }
  return [x, y]
}

/**
 * Distance of each point of `a` from the same point of `b`, in the unit of both.
 * Returns N numbers. Throws `KEYPOINT_COUNT` where the two differ in length.
 */
export function pointDistances(a: Keypoints, b: Keypoints): Float32Array {
  if (a.length !== b.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: 'the two differ in their number of points',
      received: `${a.length / 2} and ${b.length / 2}`,
    })
  }
  const distances = new Float32Array(a.length / 2)
  for (let point = 0; point < distances.length; point++) {
    const [ax, ay] = pointAt(a, point)
    const [bx, by] = pointAt(b, point)
    distances[point] = Math.hypot(ax - bx, ay - by)
  }
  return distances
}

/**
 * Pixels to relative coordinates: (x + 0.5) / width and (y + 0.5) / height, so that 0 and 1 are the image's edges.
 * What networks are trained on.
 */
export function toRelative(keypoints: Keypoints, width: number, height: number): Float32Array {
  return keypoints.map((value, i) => (value + 0.5) / (i % 2 === 0 ? width : height))
}

/** Relative coordinates back to pixels: the inverse of {@link toRelative}. */
export function fromRelative(relative: ArrayLike<number>, width: number, height: number): Keypoints {
  return Float32Array.from(relative, (value, i) => value * (i % 2 === 0 ? width : height) - 0.5)
}
