import type { Keypoints } from '@facekp/core'
import type { HeadPose } from './head-pose.ts'

/** The keypoints of one face. */
export interface Landmarks {
  /** All points of the landmarker's scheme, in pixels of the image. */
  readonly points: Keypoints
  /** Probability that there is a face at all, 0 to 1. */
  readonly confidence: number
  /** How the head is turned; absent from landmarkers that do not find the mesh of a face. */
  readonly pose?: HeadPose
}
