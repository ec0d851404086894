import {
  type Dataset,
  NOT_LABELED,
  randomStream,
  type Sample,
  type SampleLoader,
  shuffleIndices,
  toRelative,
} from '@facekp/core'
import { createYielder } from '@facekp/event-loop'
import { type Preprocessing, preprocessImage } from '@facekp/tfjs-utils'
import { type LoadIndex, loadSample } from './load-sample.ts'
import { computePointWeights, type PointWeights } from './point-weights.ts'

/** Samples that a network processes together, as plain arrays. */
export interface Batch {
  readonly samples: readonly Sample[]
  /** Their indices in the dataset. */
  readonly indices: readonly number[]
  /** [batch, height, width, channels], as the network receives them. */
  readonly images: Float32Array
  /** [height, width, channels] of each image, as the network receives it. */
  readonly imageShapes: readonly (readonly [height: number, width: number, channels: number])[]
  /** [batch, 2 N]: relative coordinates; 0 if a point has no label. */
  readonly targets: Float32Array
  /** [batch, 2 N]: weight of each coordinate; 0 if its point has no label. */
  readonly targetWeights: Float32Array
}

/** How samples become a batch. */
export interface BatchingOptions {
  readonly batchSize: number
  /** Default: each labeled point has weight 1. */
  readonly pointWeights?: PointWeights | undefined
  /** Preprocessing of the model (default: bytes become gray levels of -0.5 to 0.5). */
  readonly preprocessing?: Preprocessing | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Loads a dataset in batches; the last one may be smaller. The next batch is loaded while one is used. Yields to the event loop between
 * samples.
 *
 * @param options.order indices of the samples in their order (default: all, in the order of the dataset)
 * @param options.load loads sample `index` (default: `dataset.get`)
 *
 * @throws what loading throws, `SAMPLE_INVALID` or `KEYPOINT_COUNT` for what is no sample of the dataset, and the signal's reason once it is aborted
 */
export async function* loadBatches(
  dataset: Dataset,
  options: BatchingOptions & {
    readonly order?: readonly number[]
    readonly load?: LoadIndex | undefined
  },
): AsyncGenerator<Batch, void> {
  const { batchSize, signal, load } = options
  const { order = [...Array(dataset.length).keys()] } = options
  const maybeYield = createYielder()
  const loadBatch = async (first: number): Promise<Batch> => {
    const indices = order.slice(first, first + batchSize)
    const loading: Promise<Sample>[] = []
    for (const index of indices) {
      const sample = loadSample(dataset, index, { load, signal })
      // As below: `Promise.all` awaits it only after all others have been started.
      sample.catch(() => {})
      loading.push(sample)
      await maybeYield()
    }
    const samples = await Promise.all(loading)
    return { indices, ...createBatch(samples, options) }
  }
  const startLoading = (first: number): Promise<Batch> | undefined => {
    const batch = first < order.length ? loadBatch(first) : undefined
    // The error reaches the consumer when it awaits the batch, which it does not if it stops early.
    batch?.catch(() => {})
    return batch
  }
  let next = startLoading(0)
  for (let first = 0; next; first += batchSize) {
    const batch = await next
    signal?.throwIfAborted()
    next = startLoading(first + batchSize)
    yield batch
  }
}

/** Groups batches; the last group may be smaller. */
export async function* groupBatches(
  batches: AsyncIterable<Batch>,
  size: number,
): AsyncGenerator<readonly Batch[], void> {
  let group: Batch[] = []
  for await (const batch of batches) {
    group.push(batch)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** Returns the order of an epoch's samples. */
export function shuffleEpoch(
  { length }: Dataset,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): number[] {
  return shuffleIndices(length, randomStream({ seed, purpose: 'shuffle', epoch }))
}

/**
 * Loads the batches of an epoch: order and augmentation are the same for the same seed and epoch.
 *
 * @param options.from position of the first sample in the epoch's order (default 0)
 * @param options.to position after the last sample (default: all)
 */
export function loadEpochBatches(
  dataset: Dataset,
  options: BatchingOptions & {
    readonly seed: number
    readonly epoch: number
    readonly from?: number
    readonly to?: number
    readonly loader: SampleLoader
  },
): AsyncGenerator<Batch, void> {
  const { seed, epoch, from, to, loader, ...batching } = options
  return loadBatches(dataset, {
    ...batching,
    order: shuffleEpoch(dataset, { seed, epoch }).slice(from, to),
    load: (index, signal) => loader({ index, seed, epoch }, signal),
  })
}

function createBatch(
  samples: readonly Sample[],
  { pointWeights = {}, preprocessing }: BatchingOptions,
): Omit<Batch, 'indices'> {
  const preprocessed = samples.map(({ image }) => preprocessImage(image, preprocessing))
  const images = concat(preprocessed.map(({ data }) => data))
  const targets = concat(samples.map(({ image, keypoints }) => toRelative(keypoints, image.width, image.height)))
  const targetWeights = concat(
    samples.map((sample) =>
      Float32Array.from(computePointWeights(sample, pointWeights).flatMap((weight) => [weight, weight])),
    ),
  )
  // The coordinates of a point without a label are meaningless, and may be NaN.
  const visibility = samples.flatMap((sample) => [...sample.visibility])
  for (let i = 0; i < targets.length; i++) if (visibility[i >> 1] === NOT_LABELED) targets[i] = 0
  const imageShapes = preprocessed.map(({ height, width, channels }) => [height, width, channels] as const)
  return { samples, images, imageShapes, targets, targetWeights }
}

/** Returns the sum of a batch's weights, by which means over batches are means over all of their points. */
export function totalWeight({ targetWeights }: Pick<Batch, 'targetWeights'>): number {
  return targetWeights.reduce((sum, weight) => sum + weight, 0)
}

/** Concatenates arrays. */
export function concat(arrays: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(arrays.reduce((length, array) => length + array.length, 0))
  let offset = 0
  for (const array of arrays) {
    result.set(array, offset)
    offset += array.length
  }
  return result
}
