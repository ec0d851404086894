import { type Dataset, type SampleLoader, subset } from '@facekp/core'
import type { TrainOptions } from '../loop/train-options.ts'
import type { Settings } from '../loop/training-config.ts'
import { type Batch, epochBatches, epochOrder } from './batches.ts'

/** What the epochs of a training see of its data. */
export interface EpochData {
  /** Images in each epoch. */
  readonly images: number
  readonly validation: Dataset | undefined
  /** The epoch for which the samples of an epoch are drawn: another one where all have the same. */
  readonly samplingEpoch: (epoch: number) => number
  /** An epoch's batches without its first `from` images. */
  readonly batches: (epoch: number, from: number, signal: AbortSignal) => AsyncGenerator<Batch, void>
}

/**
 * All of it; with `limitBatches` so much in each epoch, and so much of the validation set; with `overfitBatches` the first epoch's
 * first batches in each, which are the validation set too.
 */
export function epochData(
  { train, validation }: Pick<TrainOptions, 'train' | 'validation'>,
  read: SampleLoader,
  { batchSize, seed, pointWeights, limitBatches, overfitBatches }: Settings,
): EpochData {
  const most = (overfitBatches ?? limitBatches ?? Number.POSITIVE_INFINITY) * batchSize
  const images = Math.min(train.length, most)
  const samplingEpoch = (epoch: number): number => (overfitBatches ? 1 : epoch)

  /** The same samples in each epoch, by number. */
  const overfit = (): Dataset => {
    const order = epochOrder(train, { seed, epoch: 1 }).slice(0, images)
    return {
      ...subset(train, order),
      get: (i, signal) => read({ index: order[i] as number, seed, epoch: 1 }, signal),
    }
  }
  const few = (dataset: Dataset): Dataset =>
    limitBatches ? subset(dataset, [...Array(Math.min(dataset.length, most)).keys()]) : dataset

  return {
    images,
    samplingEpoch,
    validation: overfitBatches ? overfit() : validation && few(validation),
    batches: (epoch, from, signal) =>
      epochBatches(train, {
        batchSize,
        seed,
        epoch: samplingEpoch(epoch),
        from,
        to: images,
        read,
        pointWeights,
        signal,
      }),
  }
}
