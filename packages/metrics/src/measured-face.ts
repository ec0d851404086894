import type { Keypoints, Visibility } from '@facekp/core'

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
