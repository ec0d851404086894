import { type Dataset, type Json, type Keypoints, randomStream, type Sample, type Transform } from '@facekp/core'
import * as z from 'zod/mini'

/** A transform that can map points back, such as an augmentation of `@facekp/augment`. */
export interface InvertibleTransform extends Transform<Json> {
  /** Returns the map from points in the transformed image to points in the sample's image. */
  inverse(params: Json): (points: Keypoints) => Keypoints
}

/** Test-time augmentation: points are predicted in several views of each sample and averaged. */
export interface TtaOptions {
  /** Creates a view of the size that the model takes, with random parameters. */
  readonly transform: InvertibleTransform
  /** Views a sample, at least 1. */
  readonly views: number
  /** Seed of the views' parameters. */
  readonly seed: number
}

export const ttaSchema: z.ZodMiniType<TtaOptions> = z.strictObject({
  transform: z.custom<InvertibleTransform>(isInvertible, {
    error: 'a transform with makeParams, apply and inverse',
  }),
  views: z.int().check(z.positive()),
  seed: z.int(),
})

function isInvertible(value: unknown): boolean {
  const { makeParams, apply, inverse } = (value ?? {}) as Partial<InvertibleTransform>
  return [makeParams, apply, inverse].every((method) => typeof method === 'function')
}

/** A view of each sample of a dataset. */
export interface View {
  readonly dataset: Dataset
  /** Maps points in the view of sample `index` back to the sample's image. */
  readonly invert: (index: number, points: Keypoints) => Keypoints
}

/**
 * Creates a view of a dataset, the same for the same seed.
 *
 * @param samples all samples of the dataset
 * @param view number of the view, from 0
 */
export function createView(
  dataset: Dataset,
  samples: readonly Sample[],
  { transform, seed }: TtaOptions,
  view: number,
): View {
  const params = samples.map((sample, index) =>
    transform.makeParams(randomStream({ seed, purpose: 'view', epoch: view, index }), sample),
  )
  return {
    dataset: {
      length: samples.length,
      scheme: dataset.scheme,
      get: async (index) => transform.apply(samples[index] as Sample, params[index] as Json),
    },
    invert: (index, points) => transform.inverse(params[index] as Json)(points),
  }
}
