import type { Box } from '@facekp/core'
import type { Landmarks } from '../landmarks.ts'

/**
 * The frames of a video, in the order of time: images, or a video element of the page, which is followed while it plays. The caller frees
 * the images: after the result of a frame, it is no longer used.
 */
export type Frames<Source> = AsyncIterable<Source> | Iterable<Source> | HTMLVideoElement

/** A face of a video. */
export interface TrackedFace extends Landmarks {
  /** The same in all frames as long as the face is followed, counted from 0. */
  readonly id: number
  /** Box around the face's points from eyebrows to chin. */
  readonly box: Box
}

/** The faces of one frame. */
export interface TrackedFrame {
  /** Number of the frame, from 0. */
  readonly index: number
  /** In the order in which they were found. */
  readonly faces: readonly TrackedFace[]
}
