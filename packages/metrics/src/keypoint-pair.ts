import { FacekpError, type Keypoints, NOT_LABELED, type Visibility } from '@facekp/core'

/** Target and predicted keypoints of one face, in pixels of the ORIGINAL image (`toSourcePoints` of core maps them there). */
export interface KeypointPair {
  /** Name of the face: error messages show it. */
  readonly id: string
  /** Annotated points, x0 y0 x1 y1 …: 2N numbers. */
  readonly target: Keypoints
  /** Predicted points, 2N numbers in the order of `target`. */
  readonly predicted: Keypoints
  /** N numbers; points with 0 (not labeled) are ignored by every metric. Default: all points count. */
  readonly visibility?: Visibility | undefined
  /** Box of the face detector in pixels of the original image: normalization `detection` needs it. */
  readonly box?: { readonly width: number; readonly height: number } | undefined
}

/** A face that was not found, so that no points were predicted. Its error is infinite, so that no normalization needs its box. */
export interface MissedFace extends Omit<KeypointPair, 'predicted'> {
  readonly missed: true
}

/** Returns whether a point counts in the metrics: true unless its visibility is 0. */
export function isLabeled({ visibility }: Pick<KeypointPair, 'visibility'>, point: number): boolean {
  return visibility?.[point] !== NOT_LABELED
}

/**
 * Checks that a face can be measured.
 *
 * @throws FacekpError, naming the face: `METRIC_FACE` if `target` or `predicted` is not an array, `KEYPOINT_COUNT` if `target`, `predicted`
 *   and `visibility` differ in their number of points, `METRIC_NOT_FINITE` if a coordinate of a labeled point is not a finite number
 */
export function checkKeypointPair(pair: KeypointPair): void {
  const { id, target, predicted, visibility } = pair
  for (const [name, points] of Object.entries({ target, predicted })) {
    if (Array.isArray(points) || ArrayBuffer.isView(points)) continue
    throw new FacekpError({
      code: 'METRIC_FACE',
      problem: `face ${id}: invalid ${name} points`,
      received: typeof points,
      expected: 'a Float32Array of x0 y0 x1 y1 …',
    })
  }
  const count = target.length / 2
  if (predicted.length !== target.length || (visibility && visibility.length !== count)) {
    const visibilityCount = visibility ? `, visibility ${visibility.length}` : ''
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `face ${id}: different numbers of points`,
      received: `target ${count}, predicted ${predicted.length / 2}${visibilityCount}`,
      expected: 'the same number of target points, predicted points and visibility values',
    })
  }
  for (let point = 0; point < count; point++) checkCoordinates(pair, point)
}

function checkCoordinates(pair: KeypointPair, point: number): void {
  if (!isLabeled(pair, point)) return
  const { id, target, predicted } = pair
  const targetPoint = [target[2 * point], target[2 * point + 1]]
  const predictedPoint = [predicted[2 * point], predicted[2 * point + 1]]
  if (targetPoint.every(Number.isFinite) && predictedPoint.every(Number.isFinite)) return
  throw new FacekpError({
    code: 'METRIC_NOT_FINITE',
    problem: `face ${id}: point ${point} has an invalid coordinate`,
    received: `target ${targetPoint}, predicted ${predictedPoint}`,
    expected: 'finite numbers; mark points without coordinates as not labeled (visibility 0)',
  })
}
