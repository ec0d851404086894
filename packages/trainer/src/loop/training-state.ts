import type { BestEpoch, EpochState } from '../checkpoint/checkpoint-state.ts'
import type { EpochReport } from './train-options.ts'

/** Where a training stands: what changes with its steps, beside weights and optimizer. */
export interface Progress {
  /** Steps done. */
  step: number
  /** Images seen. */
  images: number
  /** Of training alone. */
  seconds: number
  /** The epoch under way. */
  epoch: { -readonly [Key in keyof EpochState]: EpochState[Key] }
  history: EpochReport[]
  best: BestEpoch | undefined
}

export function firstProgress(): Progress {
  return { step: 0, images: 0, seconds: 0, epoch: newEpoch(1), history: [], best: undefined }
}

/** An epoch of which nothing is done. */
function newEpoch(number: number): Progress['epoch'] {
  return { number, step: 0, lossSum: 0, gradientNormSum: 0, learningRate: 0, seconds: 0 }
}

/** A step is done, over so many images. */
export function stepDone(
  now: Progress,
  {
    images,
    loss,
    gradientNorm,
    learningRate,
  }: { readonly images: number; readonly loss: number; readonly gradientNorm: number; readonly learningRate: number },
): void {
  now.step++
  now.images += images
  now.epoch.step++
  now.epoch.lossSum += loss * images
  if (now.epoch.gradientNormSum !== undefined) now.epoch.gradientNormSum += gradientNorm
  now.epoch.learningRate = learningRate
}

export function timePassed(now: Progress, seconds: number): void {
  now.seconds += seconds
  now.epoch.seconds += seconds
}

/** The epoch under way, of so many images, is done and measured: what is to be told of it. */
export function endEpoch(
  now: Progress,
  images: number,
  measured: { readonly loss: number; readonly errorPx: number } | undefined,
): EpochReport {
  const { step } = now
  const { number: epoch, step: steps, lossSum, gradientNormSum, learningRate, seconds } = now.epoch
  const report = {
    epoch,
    step,
    trainLoss: lossSum / images,
    ...(measured ? { valLoss: measured.loss, valErrorPx: measured.errorPx } : {}),
    learningRate,
    ...(gradientNormSum === undefined ? {} : { gradientNorm: gradientNormSum / steps }),
    seconds,
    imagesPerSecond: images / seconds,
  }
  now.history.push(report)
  now.epoch = newEpoch(epoch + 1)
  if (measured && measured.errorPx < (now.best?.valErrorPx ?? Number.POSITIVE_INFINITY))
    now.best = { epoch, step, valErrorPx: measured.errorPx }
  return report
}
