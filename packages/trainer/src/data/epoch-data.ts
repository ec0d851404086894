import { type Dataset, type SampleLoader, subset } from '@facekp/core'
import type { Preprocessing } from '@facekp/tfjs-utils'
import type { ResolvedSettings } from '../loop/training-settings.ts'
import { type Batch, loadEpochBatches, shuffleEpoch } from './batches.ts'

/** Data of a training's epochs. */
export interface EpochData {
  /** Number of images per epoch. */
  readonly images: number
  readonly validation: Dataset | undefined
  /** Returns the epoch that the random streams of an epoch's samples use: 1 if all epochs have the same samples. */
  readonly getSamplingEpoch: (epoch: number) => number
  /** Creates a dataset of the samples of the first epoch, in its order. */
  readonly createFirstEpoch: () => Dataset
  /** Loads the batches of an epoch, beginning at image `from`. */
  readonly loadBatches: (epoch: number, from: number, signal: AbortSignal) => AsyncGenerator<Batch, void>
}

/**
 * Creates the data of the epochs: the whole dataset, or with `limitBatches` N batches per epoch, and as much of the validation
 * set; with `overfitBatches` the first batches of the first epoch in each, which are the validation set too.
 */
export function createEpochData(
  {
    train,
    validation,
    loader,
    preprocessing,
  }: {
    readonly train: Dataset
    readonly validation?: Dataset | undefined
    readonly loader: SampleLoader
    readonly preprocessing?: Preprocessing | undefined
  },
  { batchSize, seed, pointWeights, limitBatches, overfitBatches }: ResolvedSettings,
): EpochData {
  const limit = (overfitBatches ?? limitBatches ?? Number.POSITIVE_INFINITY) * batchSize
  const images = Math.min(train.length, limit)
  const getSamplingEpoch = (epoch: number): number => (overfitBatches ? 1 : epoch)

  /** Creates a dataset of the samples of the first epoch, in its order. */
  const createFirstEpoch = (): Dataset => {
    const order = shuffleEpoch(train, { seed, epoch: 1 }).slice(0, images)
    return {
      ...subset(train, order),
      get: (i, signal) => loader({ index: order[i] as number, seed, epoch: 1 }, signal),
    }
  }
  const limitDataset = (dataset: Dataset): Dataset =>
    limitBatches ? subset(dataset, [...Array(Math.min(dataset.length, limit)).keys()]) : dataset

  return {
    images,
    getSamplingEpoch,
    validation: overfitBatches ? createFirstEpoch() : validation && limitDataset(validation),
    createFirstEpoch,
    loadBatches: (epoch, from, signal) =>
      loadEpochBatches(train, {
        batchSize,
        seed,
        epoch: getSamplingEpoch(epoch),
        from,
        to: images,
        loader,
        pointWeights,
        preprocessing,
        signal,
      }),
  }
}
