import { checkArgument } from './arguments/check-argument.ts'
import * as KINDS from './arguments/kinds.ts'
import { FacekpError } from './errors.ts'
import { getTypeName } from './type-name.ts'

/** Coordinates of N points: x0 y0 x1 y1 …, in pixels of their image; (0, 0) is the center of its top-left pixel. */
export type Keypoints = Float32Array

/** One value for each point: {@link NOT_LABELED}, {@link HIDDEN} or {@link VISIBLE}, as in COCO. */
export type Visibility = Uint8Array

/** The point has no label: its coordinates are undefined, and no error is measured on it. */
export const NOT_LABELED = 0
/** The point is labeled but not visible: covered, or outside the image. */
export const HIDDEN = 1
/** The point is labeled and visible. */
export const VISIBLE = 2

/** Creates a visibility array of `count` visible points. */
export function allVisible(count: number): Visibility {
  checkArgument(KINDS.count, count, 'count', 'allVisible')
  return new Uint8Array(count).fill(VISIBLE)
}

/**
 * Checks the keypoints of a sample and their visibility.
 *
 * @param id of the sample, for errors
 * @throws `KEYPOINT_TYPE` unless keypoints are a `Float32Array` and visibility is a `Uint8Array`
 * @throws `KEYPOINT_COUNT` unless there are two coordinates per point and one visibility per point
 * @throws `KEYPOINT_VISIBILITY` if a visibility is not 0, 1 or 2
 * @throws `KEYPOINT_NOT_FINITE` if a coordinate of a labeled point is not a finite number
 */
export function checkKeypoints(id: string, keypoints: Keypoints, visibility: Visibility): void {
  if (getTypeName(keypoints) !== 'Float32Array') {
    const expected = 'a Float32Array x0 y0 x1 y1 ... (Float32Array.from(keypoints))'
    throw typeError(`sample ${id}: the keypoints have an unsupported type`, keypoints, expected)
  }
  if (getTypeName(visibility) !== 'Uint8Array') {
    const expected = `a Uint8Array of ${VISIBILITIES}: Uint8Array.from(visibility)`
    throw typeError(`sample ${id}: the visibility has an unsupported type`, visibility, expected)
  }
  if (visibility.length * 2 !== keypoints.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `sample ${id}: keypoints and visibility differ in number`,
      received: `${keypoints.length} coordinates and ${visibility.length} visibilities`,
      expected: 'two coordinates and one visibility per point',
    })
  }
  for (let point = 0; point < visibility.length; point++) checkPoint(id, keypoints, visibility, point)
}

function checkPoint(id: string, keypoints: Keypoints, visibility: Visibility, point: number): void {
  const state = visibility[point] as number
  if (state === NOT_LABELED) return
  if (state > VISIBLE) {
    throw new FacekpError({
      code: 'KEYPOINT_VISIBILITY',
      problem: `sample ${id}: invalid visibility of point ${point}`,
      received: state === 255 ? '255, which is -1 in a Uint8Array' : String(state),
      expected: VISIBILITIES,
    })
  }
  const x = keypoints[2 * point] as number
  const y = keypoints[2 * point + 1] as number
  if (Number.isFinite(x) && Number.isFinite(y)) return
  throw new FacekpError({
    code: 'KEYPOINT_NOT_FINITE',
    problem: `sample ${id}: invalid coordinate of point ${point}`,
    received: `(${x}, ${y})`,
    expected: 'finite numbers, or visibility 0 (not labeled)',
  })
}

const VISIBILITIES = `${NOT_LABELED} (not labeled), ${HIDDEN} (labeled but hidden) or ${VISIBLE} (visible)`

function typeError(problem: string, value: unknown, expected: string): FacekpError {
  return new FacekpError({ code: 'KEYPOINT_TYPE', problem, received: getTypeName(value), expected })
}

/**
 * Returns the x and y of point `index`.
 *
 * @throws `KEYPOINT_INDEX` if the index is out of range
 */
export function pointAt(keypoints: Keypoints, index: number): readonly [x: number, y: number] {
  if (typeof index !== 'number' || !keypoints) {
    checkArgument(KINDS.keypoints, keypoints, 'keypoints', 'pointAt')
    checkArgument(KINDS.count, index, 'index', 'pointAt')
  }
  const x = keypoints[2 * index]
  const y = keypoints[2 * index + 1]
  if (x === undefined || y === undefined) {
    throw new FacekpError({
      code: 'KEYPOINT_INDEX',
      problem: 'keypoint index out of range',
      received: String(index),
      expected: `0 to ${keypoints.length / 2 - 1}`,
    })
  }
  return [x, y]
}

/**
 * Computes the distance between each point of `a` and the same point of `b`, in their unit.
 *
 * @returns N numbers
 * @throws `KEYPOINT_COUNT` if the two differ in length
 */
export function pointDistances(a: Keypoints, b: Keypoints): Float32Array {
  checkArgument(KINDS.numbers, a, 'a', 'pointDistances')
  checkArgument(KINDS.numbers, b, 'b', 'pointDistances')
  if (a.length !== b.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: 'pointDistances: different numbers of points',
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
 * Converts pixels to relative coordinates, (x + 0.5) / width and (y + 0.5) / height, so that 0 and 1 are the image's edges.
 * Networks are trained on them.
 */
export function toRelative(keypoints: Keypoints, width: number, height: number): Float32Array {
  checkArgument(KINDS.keypoints, keypoints, 'keypoints', 'toRelative')
  checkArgument(KINDS.positive, width, 'width', 'toRelative')
  checkArgument(KINDS.positive, height, 'height', 'toRelative')
  return keypoints.map((value, i) => (value + 0.5) / (i % 2 === 0 ? width : height))
}

/** Converts relative coordinates to pixels: the inverse of {@link toRelative}. */
export function fromRelative(relative: ArrayLike<number>, width: number, height: number): Keypoints {
  checkArgument(KINDS.numbers, relative, 'relative', 'fromRelative')
  checkArgument(KINDS.positive, width, 'width', 'fromRelative')
  checkArgument(KINDS.positive, height, 'height', 'fromRelative')
  return Float32Array.from(relative, (value, i) => value * (i % 2 === 0 ? width : height) - 0.5)
}
