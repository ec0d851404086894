import type { Box, KeypointScheme, Keypoints, PlainError, Visibility } from '@facekp/core'
import type { LandmarkerModel, Outlier, Refinement } from '@facekp/landmarker'

/** A face that was detected. */
export interface DetectedFace {
  readonly box: Box
  /** The 468 points of the face mesh, in pixels of the image. */
  readonly mesh: Keypoints
}

/** What is known of an image once it was read. */
export interface ReadImage {
  /** Upright, in pixels. */
  readonly width: number
  readonly height: number
  readonly faces: readonly DetectedFace[]
  readonly thumbnail: Blob
}

/** A labeled face for a fit. */
export interface FitFace {
  /** Unique among the faces of the fit. */
  readonly id: string
  /** The image, and the name under which its faces are left out together. */
  readonly image: File
  readonly file: string
  readonly box: Box
  readonly keypoints: Keypoints
  readonly visibility: Visibility
}

export interface FitRequest {
  readonly scheme: KeypointScheme
  readonly faces: readonly FitFace[]
  /**
   * `quick` looks at meshes only; its model is for `predictFromMeshes`, and its error is a first estimate. `full` makes the landmarker that
   * is saved.
   */
  readonly effort: 'quick' | 'full'
}

/** A fitted landmarker. Errors are those of faces that were left out, in pixels of their images. */
export interface FitResult {
  readonly model: LandmarkerModel
  /** Mean error relative to the longer side of the face. */
  readonly relativeError: number
  readonly outliers: readonly Outlier[]
  /** Ids of labeled faces that were not found again. */
  readonly missed: readonly string[]
  readonly refinement?: Refinement | undefined
}

/** A face that is not labeled, for the choice of what to label next. */
export interface PoolFace {
  readonly id: string
  readonly mesh: Keypoints
}

export interface RankRequest {
  readonly scheme: KeypointScheme
  readonly faces: readonly FitFace[]
  readonly pool: readonly PoolFace[]
}

/** A face of the pool, and how much the fits to parts of the labels disagree on it, in fractions of its size. */
export interface RankedFace {
  readonly id: string
  readonly disagreement: number
}

/** What the worker does, by name: what it takes, and what it gives. */
export interface LabelingCalls {
  findFaces: { takes: File; gives: ReadImage }
  fit: { takes: FitRequest; gives: FitResult }
  rank: { takes: RankRequest; gives: RankedFace[] }
  /** Draws faces, for those who have no photographs at hand. */
  drawFaces: { takes: number; gives: File[] }
}

export type CallName = keyof LabelingCalls

/** A call as it is sent to the worker, or the wish to stop one. */
export type LabelingRequest =
  | {
      [Name in CallName]: { readonly id: number; readonly name: Name; readonly value: LabelingCalls[Name]['takes'] }
    }[CallName]
  | { readonly id: number; readonly name: 'stop' }

/** An answer, or how far a call is. */
export type LabelingResponse =
  | { readonly id: number; readonly result: LabelingCalls[CallName]['gives'] }
  | { readonly id: number; readonly error: PlainError }
  | { readonly id: number; readonly done: number; readonly total: number }
