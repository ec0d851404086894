import { type Augmentation, affine, boxCrop, compose, mirror, sometimes } from '@facekp/augment'
import {
  type Dataset,
  type KeypointScheme,
  mapDataset,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'

/** What is seen of a picture with a face. */
export type Seen = {
  /** The side of the square that it becomes, in pixels. */
  readonly size: number
  /** What is added on each side of the face's box, as a fraction of it. */
  readonly margin: number
}

/** How a face may be moved. */
export type Moves = {
  /** Largest turn to either side. */
  readonly degrees: number
  /** Largest enlargement of what is cut out; it shrinks as far. */
  readonly scale: number
  /** Largest shift along each axis, as a fraction of what is cut out. */
  readonly shift: number
  /** How many are mirrored, 0 to 1. */
  readonly mirrored: number
}

export const STILL: Moves = { degrees: 0, scale: 1, shift: 0, mirrored: 0 }

/** Turns, mirrors and cuts the face's box out at the size that the network sees: one sampling. */
export function cut(
  { degrees, scale, shift, mirrored }: Moves,
  { size, margin }: Seen,
  scheme: KeypointScheme,
): readonly Augmentation[] {
  return [
    affine({ degrees, border: 'edge' }),
    sometimes(mirrored, mirror({ scheme })),
    boxCrop({ width: size, height: size, margin, scale, shift, border: 'edge' }),
  ]
}

/** Faces as the network sees them where nothing is moved. */
export function unmoved(faces: Dataset, seen: Seen): Dataset {
  const still = compose(cut(STILL, seen, faces.scheme)) as Transform
  return mapDataset(faces, (sample) => transformSample(still, sample, randomStream({ seed: 0, purpose: 'still' })))
}
