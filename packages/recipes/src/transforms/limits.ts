import { type ArgumentKind, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/** Width and height in pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Part of an image: a crop around the face's box, or the whole image. */
export interface Frame {
  /** Of the result, in pixels; a number is the side of a square. */
  readonly size: number | ImageSize
  /** Added on each side of the face's box, as a fraction of the box. Absent: the whole image. */
  readonly margin?: number
}

/** Limits of random geometric changes. */
export interface GeometricLimits {
  /** Largest rotation to either side, in degrees. */
  readonly degrees: number
  /** Largest enlargement, 1 or more; images shrink as far. */
  readonly scale: number
  /** Largest shift along each axis, as a fraction of the frame. */
  readonly shift: number
  /** Probability of a horizontal flip. */
  readonly flipProb: number
  /** What comes in from beyond the image (default `edge`). */
  readonly border?: 'black' | 'edge'
}

/** Limits of random changes of light. */
export interface LightLimits {
  /** Contrast is multiplied by `1 - contrast` to `1 + contrast`. */
  readonly contrast: number
  /** Brightness is multiplied by `1 - brightness` to `1 + brightness`. */
  readonly brightness: number
  /** How much brighter one edge may become than the middle, as a fraction of the way from black to white. */
  readonly shade: number
}

/** Limits of all random changes of training images. */
export interface AugmentationLimits extends GeometricLimits, LightLimits {
  /** Probability that random rectangles cover parts of the face (default 0). */
  readonly occlusionProb?: number
}

/** No geometric change. */
export const NO_MOTION: GeometricLimits = { degrees: 0, scale: 1, shift: 0, flipProb: 0 }

/** A frame, as an argument of a public function. */
export const FRAME: ArgumentKind = objectKind({
  size: {
    expected: 'a positive integer, or { width, height }',
    test: (value) => KINDS.size.test(value) || isImageSize(value),
  },
  margin: optionalKind(KINDS.number),
})

function isImageSize(value: unknown): boolean {
  if (!KINDS.object.test(value)) return false
  const { width, height } = value as Record<string, unknown>
  return KINDS.size.test(width) && KINDS.size.test(height)
}

/** Returns the size of a frame as width and height. */
export function frameSize({ size }: Pick<Frame, 'size'>): ImageSize {
  return typeof size === 'number' ? { width: size, height: size } : size
}
