import type { Keypoints } from '@facekp/core'

/** The keypoints of one face. */
export interface Landmarks {
  /** All points of the landmarker's scheme, in pixels of the image. */
  readonly points: Keypoints
  /** Probability that there is a face at all, 0 to 1. */
  readonly confidence: number
}
