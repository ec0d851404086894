import {
  type Augmentation,
  affine,
  coarseDropout,
  compose,
  horizontalFlip,
  randomCropAroundBox,
  sometimes,
} from '@facekp/augment'
import {
  type Dataset,
  type KeypointScheme,
  mapDataset,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'
import { type Light, lit } from './light.ts'

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

/** How a face may be changed for training. */
export type Changes = Moves &
  Light & {
    /** How many have rectangles put before them, 0 to 1. */
    readonly occluded: number
  }

/** What the network sees of a face: a square of `size` pixels around its box, with `margin` on each side, as a fraction of the box. */
export interface FaceFrame {
  readonly size: number
  readonly margin: number
}

export const STILL: Moves = { degrees: 0, scale: 1, shift: 0, mirrored: 0 }

/** Turns, mirrors and cuts the face's box out at the size that the network sees: one sampling. */
export function movedFace(
  { degrees, scale, shift, mirrored }: Moves,
  { size, margin }: FaceFrame,
  scheme: KeypointScheme,
): readonly Augmentation[] {
  return [
    affine({ degrees, border: 'edge' }),
    sometimes(mirrored, horizontalFlip({ scheme })),
    randomCropAroundBox({ width: size, height: size, margin, scale, shift, border: 'edge' }),
  ]
}

/** Moves, lights and covers faces for training. */
export function changedFace(changes: Changes, frame: FaceFrame, scheme: KeypointScheme): Augmentation {
  return compose([
    ...movedFace(changes, frame, scheme),
    ...lit(changes),
    sometimes(changes.occluded, coarseDropout({ holes: [1, 2], size: [0.1, 0.35], fill: 'random' })),
  ])
}

/** Faces as the network sees them where nothing is moved. */
export function unmovedFaces(faces: Dataset, frame: FaceFrame): Dataset {
  const still = compose(movedFace(STILL, frame, faces.scheme)) as Transform
  return mapDataset(faces, (sample) => transformSample(still, sample, randomStream({ seed: 0, purpose: 'still' })))
}
