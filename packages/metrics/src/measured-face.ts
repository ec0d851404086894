import { FacekpError, type Keypoints, NOT_LABELLED, type Visibility } from '@facekp/core'

/**
 * A face as it is measured: N true and N found points in one coordinate system, that of the ORIGINAL picture
 * (`toSourcePoints` of core leads there).
 */
export interface MeasuredFace {
  readonly id: string
  readonly truth: Keypoints
  readonly found: Keypoints
  /** Points that are 0 (not labelled) are left out of all figures; absent: all count. */
  readonly visibility?: Visibility | undefined
  /** The detector's box, in the same coordinates: for normalising by `detection`. */
  readonly box?: { readonly width: number; readonly height: number } | undefined
}

export function isLabelled({ visibility }: Pick<MeasuredFace, 'visibility'>, point: number): boolean {
  return visibility?.[point] !== NOT_LABELLED
}

/**
 * Throws, naming the face, `METRIC_FACE` where it has no such points, `KEYPOINT_COUNT` where truth, what was found and visibility are not of as
 * many points, and `METRIC_NOT_FINITE` where a coordinate of a labelled point is no finite number.
 */
export function checkFace(face: MeasuredFace): void {
  const { id, truth, found, visibility } = face
  for (const [name, points] of Object.entries({ truth, found })) {
    if (Array.isArray(points) || ArrayBuffer.isView(points)) continue
    throw new FacekpError({
      code: 'METRIC_FACE',
      problem: `face ${id} cannot be measured: ${name} is no array of points`,
      received: typeof points,
      expected: 'Float32Array of x0 y0 x1 y1 …',
    })
  }
  const points = truth.length / 2
  if (found.length !== truth.length || (visibility && visibility.length !== points)) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `face ${id} has not as many points everywhere`,
      received: `truth ${points}, found ${found.length / 2}${visibility ? `, visibility ${visibility.length}` : ''}`,
    })
  }
  for (let point = 0; point < points; point++) {
    const numbers = [truth, found].map((own) => [own[2 * point], own[2 * point + 1]])
    if (!isLabelled(face, point) || numbers.flat().every(Number.isFinite)) continue
    throw new FacekpError({
      code: 'METRIC_NOT_FINITE',
      problem: `face ${id}: point ${point} cannot be measured`,
      received: `truth ${numbers[0]}, found ${numbers[1]}`,
      expected: 'finite coordinates',
    })
  }
}
