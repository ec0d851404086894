import {
  type Dataset,
  NOT_LABELED,
  normalizeImage,
  randomStream,
  type Sample,
  type SampleLoader,
  shuffleIndices,
  toRelative,
} from '@facekp/core'
import { type PointWeights, weightsOf } from './point-weights.ts'

/** Samples that a network takes at once, as plain arrays. */
export interface Batch {
  readonly samples: readonly Sample[]
  /** Which of the data set they are. */
  readonly indices: readonly number[]
  /** [batch, height, width, channels], -0.5..0.5 where the pictures were bytes. */
  readonly images: Float32Array
  /** [batch, 2 N]: relative coordinates; 0 where a point has no label. */
  readonly targets: Float32Array
  /** [batch, 2 N]: what each coordinate counts; 0 where its point has no label. */
  readonly targetWeights: Float32Array
}

export interface BatchOptions {
  readonly batchSize: number
  /** The order in which samples are taken; default as they stand. */
  readonly order?: readonly number[]
  /** Gives sample `index`, say read and augmented; default reads it from the data set. */
  readonly read?: (index: number, signal?: AbortSignal) => Promise<Sample>
  /** Default: each labeled point counts 1. */
  readonly pointWeights?: PointWeights | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The data set in batches, the last one smaller where the numbers do not divide. The next batch is being read while one
 * is used. Throws the signal's reason once it is aborted.
 */
export async function* batchesOf(
  dataset: Dataset,
  {
    batchSize,
    order = [...Array(dataset.length).keys()],
    read = (index, signal) => dataset.get(index, signal),
    pointWeights = {},
    signal,
  }: BatchOptions,
): AsyncGenerator<Batch, void> {
  const readBatch = async (from: number): Promise<Batch> => {
    const indices = order.slice(from, from + batchSize)
    const samples = await Promise.all(indices.map((index) => read(index, signal)))
    return { indices, ...batchOf(samples, pointWeights) }
  }
  const start = (from: number): Promise<Batch> | undefined => {
    const reading = from < order.length ? readBatch(from) : undefined
    // Whoever awaits it meets the error; nobody does where the reader stops early.
    reading?.catch(() => {})
    return reading
  }
  let next = start(0)
  for (let from = 0; next; from += batchSize) {
    const batch = await next
    signal?.throwIfAborted()
    next = start(from + batchSize)
    yield batch
  }
}

/** So many batches at a time, the last ones fewer where the numbers do not divide. */
export async function* groupsOf(batches: AsyncIterable<Batch>, size: number): AsyncGenerator<readonly Batch[], void> {
  let group: Batch[] = []
  for await (const batch of batches) {
    group.push(batch)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** The order in which an epoch takes the samples. */
export function epochOrder(
  { length }: Dataset,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): number[] {
  return shuffleIndices(length, randomStream({ seed, purpose: 'shuffle', epoch }))
}

/**
 * The order of an epoch, and what augmentation does to each sample in it: the same for the same seed and epoch. Of its samples those
 * from number `from` on and before `to`.
 */
export function epochBatches(
  dataset: Dataset,
  options: {
    readonly batchSize: number
    readonly seed: number
    readonly epoch: number
    readonly from?: number
    readonly to?: number
    readonly read: SampleLoader
    readonly pointWeights?: PointWeights | undefined
    readonly signal?: AbortSignal | undefined
  },
): AsyncGenerator<Batch, void> {
  const { batchSize, seed, epoch, from, to, read, pointWeights, signal } = options
  return batchesOf(dataset, {
    batchSize,
    order: epochOrder(dataset, { seed, epoch }).slice(from, to),
    read: (index, signal) => read({ index, seed, epoch }, signal),
    pointWeights,
    signal,
  })
}

function batchOf(samples: readonly Sample[], pointWeights: PointWeights): Omit<Batch, 'indices'> {
  const images = concat(samples.map(({ image }) => normalizeImage(image).data))
  const targets = concat(samples.map(({ image, keypoints }) => toRelative(keypoints, image.width, image.height)))
  const labeled = concat(
    samples.map((sample) => Float32Array.from(weightsOf(sample, pointWeights).flatMap((weight) => [weight, weight]))),
  )
  // What a point without a label holds means nothing, and may be NaN.
  const points = samples.flatMap(({ visibility }) => [...visibility])
  for (let i = 0; i < targets.length; i++) if (points[i >> 1] === NOT_LABELED) targets[i] = 0
  return { samples, images, targets, targetWeights: labeled }
}

/** What the points of a batch count together: by it, means over batches are those over all of their points. */
export function weightOf({ targetWeights }: Pick<Batch, 'targetWeights'>): number {
  return targetWeights.reduce((sum, weight) => sum + weight, 0)
}

/** One after the other. */
export function concat(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}
