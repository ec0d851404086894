import { FacekpError, HIDDEN, NOT_LABELED, type Sample } from '@facekp/core'

/** Weights of points in a loss, as plain JSON. */
export interface PointWeights {
  /** Weight of points that are labeled but hidden (at least 0, default 1). */
  readonly hidden?: number | undefined
  /** Weight of each point of the scheme (at least 0, default 1). */
  readonly byPoint?: readonly number[] | undefined
}

/**
 * Computes the weight of each point of a sample: N numbers, 0 for points without a label.
 *
 * @throws `KEYPOINT_COUNT` if there is not one weight a point
 */
export function computePointWeights(
  { visibility }: Pick<Sample, 'visibility'>,
  { hidden = 1, byPoint }: PointWeights,
): number[] {
  if (byPoint && byPoint.length !== visibility.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: 'pointWeights.byPoint needs one weight for each point',
      received: `${byPoint.length} weights`,
      expected: `${visibility.length} weights`,
    })
  }
  return Array.from(visibility, (pointVisibility, point) => {
    if (pointVisibility === NOT_LABELED) return 0
    return (byPoint?.[point] ?? 1) * (pointVisibility === HIDDEN ? hidden : 1)
  })
}
