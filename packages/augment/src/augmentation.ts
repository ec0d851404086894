import type { Affine, Border, Image, Json, Keypoints, Random, Sample, Transform, Warp } from '@facekp/core'

/** A sample without its pixels: what parameters may depend on. */
export type SampleMeta = Pick<Sample, 'keypoints' | 'visibility' | 'box'> & {
  readonly image: Pick<Image, 'width' | 'height'>
}

/**
 * A transform of `@facekp/core` that also has a JSON form, an inverse and a replay.
 *
 * `makeParams` returns plain JSON and reads no pixel; `apply` depends on the sample and the parameters only.
 */
export interface Augmentation<Params extends Json = Json> extends Transform<Params> {
  /** The name in JSON, such as `affine`. */
  readonly name: string
  makeParams(random: Random, sample: SampleMeta): Params
  /** @throws `AUGMENT_PARAMS` for invalid parameters, `AUGMENT_SIZE` if they are for an image of another size */
  apply(sample: Sample, params: Params): Augmented
  /**
   * Returns the map from keypoints of the output to keypoints of the input, for test-time augmentation.
   *
   * Keypoints that a flip swapped are swapped back. Throws `AUGMENT_PARAMS`.
   */
  inverse(params: Params): (keypoints: Keypoints) => Keypoints
  /** Returns the ops of the parameters, in order. */
  ops(params: Params): readonly AppliedOp[]
  toJSON(): AugmentationJson
}

/** An augmentation as JSON. */
export type AugmentationJson = { readonly name: string; readonly options: Json }

/** One augmentation that was applied, with its parameters, as JSON. */
export type Applied = AugmentationJson & { readonly params: Json }

/** A sample with the record of its augmentations. */
export interface Augmented extends Sample {
  /** In the order of application. */
  readonly applied: readonly Applied[]
}

/** One op and its record. */
export interface AppliedOp {
  readonly applied: Applied
  readonly op: Op
}

export type Op = GeometricOp | PhotometricOp

/** Moves image, keypoints, box and the map to the source together. */
export interface GeometricOp {
  /** Size of the input image. */
  readonly from: Size
  /** Size of the output image. */
  readonly to: Size
  /** An affine map leads from the input to the output, a warp from the output to the input. */
  readonly map: Affine | Warp
  /** New keypoint i is old keypoint order[i]. */
  readonly order?: readonly number[] | undefined
  /** Absent if the op samples nothing outside the image. */
  readonly border?: ResolvedBorderOptions | undefined
}

/** Changes pixels, and visibility if it covers keypoints. */
export interface PhotometricOp {
  readonly apply: (sample: Sample) => Sample
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** How an op treats what lies outside the image. */
export interface ResolvedBorderOptions {
  readonly border: Border
  readonly outOfFrame: OutOfFrame
}

/** State of a labeled keypoint that leaves the image: `hidden` (visibility 1) or `unlabeled` (0). */
export type OutOfFrame = 'hidden' | 'unlabeled'
