import { FacekpError, HIDDEN, NOT_LABELED, type Sample } from '@facekp/core'

/** How much points count in a loss, as plain JSON. */
export interface PointWeights {
  /** Of points that are labeled but out of sight, each at least 0; default 1, as the others. */
  readonly hidden?: number | undefined
  /** Of each point of the scheme, at least 0; default 1. */
  readonly byPoint?: readonly number[] | undefined
}

/** What each point of a sample counts: N numbers, 0 for those without a label. Throws `KEYPOINT_COUNT` for weights of other points. */
export function weightsOf({ visibility }: Pick<Sample, 'visibility'>, { hidden = 1, byPoint }: PointWeights): number[] {
  if (byPoint && byPoint.length !== visibility.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: 'pointWeights.byPoint has not one weight a point',
      received: `${byPoint.length} weights`,
      expected: String(visibility.length),
    })
  }
  return Array.from(visibility, (seen, point) => {
    if (seen === NOT_LABELED) return 0
    return (byPoint?.[point] ?? 1) * (seen === HIDDEN ? hidden : 1)
  })
}
