import type { Affine, Border, Image, Json, Keypoints, Random, Sample, Transform, Warp } from '@facekp/core'

/** What a drawing of parameters may look at: all of a sample but its pixels. */
export type SampleMeta = Pick<Sample, 'keypoints' | 'visibility' | 'box'> & {
  readonly image: Pick<Image, 'width' | 'height'>
}

/**
 * A transform of `@facekp/core` that can also be written down as JSON and taken back. `draw` gives plain JSON and looks at no
 * pixel; `apply` does exactly what the parameters say, so it is the replay of a draw too.
 */
export interface Augmentation<Params extends Json = Json> extends Transform<Params> {
  /** Such as `affine`: what {@link toJSON} calls it. */
  readonly name: string
  makeParams(random: Random, sample: SampleMeta): Params
  /**
   * Throws `AUGMENT_PARAMS` where the parameters are not such as `draw` gives, and `AUGMENT_SIZE` where they were drawn for a
   * picture of another size.
   */
  apply(sample: Sample, params: Params): Augmented
  /**
   * The map from points of what `apply` makes to points of what it was given: for predictions in test-time augmentation.
   * Points are put back in their order where a mirror exchanged them. Throws `AUGMENT_PARAMS`.
   */
  inverse(params: Params): (keypoints: Keypoints) => Keypoints
  /** The single changes that the parameters come down to, in order. */
  ops(params: Params): readonly AppliedOp[]
  toJSON(): AugmentationJson
}

/** An augmentation, written down. */
export type AugmentationJson = { readonly name: string; readonly options: Json }

/** One thing that was done to a sample: which augmentation, and the parameters that were drawn. Plain JSON. */
export type Applied = AugmentationJson & { readonly params: Json }

/** A sample that can say what was done to it. */
export interface Augmented extends Sample {
  /** In the order in which it was done. */
  readonly applied: readonly Applied[]
}

/** A single change of a sample, and what it says of itself. */
export interface AppliedOp {
  readonly applied: Applied
  readonly op: Op
}

export type Op = GeometricOp | PhotometricOp

/** Moves picture, points, box and the way back together. Neighboring moves are sampled once. */
export interface GeometricOp {
  /** The size that it was drawn for. */
  readonly from: Size
  readonly to: Size
  /** An affine map leads from the picture to what becomes of it; a bend, as always, the other way. */
  readonly map: Affine | Warp
  /** New point i is old point order[i]. */
  readonly order?: readonly number[] | undefined
  /** Absent where the move looks at nothing beyond the picture. */
  readonly border?: ResolvedBorderOptions | undefined
}

/** Changes pixels, perhaps visibility, and moves nothing. */
export interface PhotometricOp {
  readonly paint: (sample: Sample) => Sample
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** What a move makes of what lies beyond the picture. */
export interface ResolvedBorderOptions {
  readonly border: Border
  readonly outOfFrame: OutOfFrame
}

/** What becomes of a labeled point that leaves the picture: it stays, as `hidden` (visibility 1) or `unlabeled` (0). */
export type OutOfFrame = 'hidden' | 'unlabeled'
