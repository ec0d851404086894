import { FacekpError, type Keypoints, NOT_LABELED, type Visibility } from '@facekp/core'

/**
 * A face as it is measured: N true and N found points in one coordinate system, that of the ORIGINAL picture
 * (`toSourcePoints` of core leads there).
 */
export interface KeypointPair {
  readonly id: string
  readonly target: Keypoints
  readonly predicted: Keypoints
  /** Points that are 0 (not labeled) are left out of all figures; absent: all count. */
  readonly visibility?: Visibility | undefined
  /** The detector's box, in the same coordinates: for normalizing by `detection`. */
  readonly box?: { readonly width: number; readonly height: number } | undefined
}

export function isLabeled({ visibility }: Pick<KeypointPair, 'visibility'>, point: number): boolean {
  return visibility?.[point] !== NOT_LABELED
}

/**
 * Throws, naming the face, `METRIC_FACE` where it has no such points, `KEYPOINT_COUNT` where truth, what was found and visibility are not of as
 * many points, and `METRIC_NOT_FINITE` where a coordinate of a labeled point is no finite number.
 */
export function checkFace(face: KeypointPair): void {
  const { id, target, predicted, visibility } = face
  for (const [name, points] of Object.entries({ truth: target, found: predicted })) {
    if (Array.isArray(points) || ArrayBuffer.isView(points)) continue
    throw new FacekpError({
      code: 'METRIC_FACE',
      problem: `face ${id} cannot be measured: ${name} is no array of points`,
      received: typeof points,
      expected: 'Float32Array of x0 y0 x1 y1 …',
    })
  }
  const points = target.length / 2
  if (predicted.length !== target.length || (visibility && visibility.length !== points)) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `face ${id} has not as many points everywhere`,
      received: `truth ${points}, found ${predicted.length / 2}${visibility ? `, visibility ${visibility.length}` : ''}`,
    })
  }
  for (let point = 0; point < points; point++) {
    const numbers = [target, predicted].map((own) => [own[2 * point], own[2 * point + 1]])
    if (!isLabeled(face, point) || numbers.flat().every(Number.isFinite)) continue
    throw new FacekpError({
      code: 'METRIC_NOT_FINITE',
      problem: `face ${id}: point ${point} cannot be measured`,
      received: `truth ${numbers[0]}, found ${numbers[1]}`,
      expected: 'finite coordinates',
    })
  }
}
