import type { Box, Image, Keypoints } from '@facekp/core'

/** A face, in the coordinates of the image that it was found in. */
export interface Detection {
  /** The box around the face's points from eyebrows to chin, as crops expect it. */
  readonly box: Box
  /** Confidence of the detector, 0 to 1. */
  readonly score: number
  /**
   * The detector's own points; those of `BLAZEFACE_6`: eyes, nose, mouth and ears. Landmarkers level a face by its first two points, the
   * eyes, the person's right one first; a detector that finds others first must return no points.
   */
  readonly points: Keypoints
}

export interface DetectOptions {
  /** Faces with a lower score are dropped, 0 to 1; default 0.5. */
  readonly minScore?: number
  /** Number of faces to return at most, those with the highest scores; default: all. */
  readonly maxFaces?: number
  /**
   * Number of overlapping square tiles along the longer side that are searched besides the whole image, 1 to 10; default 1: only the
   * whole image. The detector finds faces down to 1/12 of the side that it sees; `tiles: N` finds them down to 1/(6 N + 6).
   */
  readonly tiles?: number
  /**
   * Whether to search the image in four rotations, for upside-down faces; default false: faces with tilts up to 80 degrees are found. Upright
   * faces may get a second, upside-down box.
   */
  readonly rotations?: boolean
}

/**
 * Finds the faces of an image, highest score first. Whatever needs a detector takes any function of this type.
 *
 * @param image bytes 0..255, or real numbers -0.5..0.5
 */
export type DetectFaces = (image: Image, options?: DetectOptions) => Promise<Detection[]>

/** Options with their defaults. */
export interface ResolvedDetectOptions extends Required<Omit<DetectOptions, 'maxFaces'>> {
  readonly maxFaces?: number | undefined
}
