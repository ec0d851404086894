import type { BestEpoch, EpochReport } from './reports.ts'

/** Sums over the epoch under way. */
export interface EpochState {
  /** From 1. */
  readonly number: number
  /** Steps done in the epoch. */
  readonly step: number
  /** Sum of the losses, each times the images of its step. */
  readonly lossSum: number
  /** Sum of the gradient norms; absent if the epoch began in a version that did not measure them. */
  readonly gradientNormSum?: number | undefined
  /** Learning rate of the last step. */
  readonly learningRate: number
  /** Seconds of training. */
  readonly seconds: number
}

/** Position of a training as plain JSON: everything that changes with its steps, except weights and optimizer slots. */
export interface TrainingPosition {
  /** Steps done. */
  readonly step: number
  /** Images trained on. */
  readonly images: number
  /** Seconds of training, without validation and callbacks. */
  readonly seconds: number
  readonly epoch: EpochState
  /** Reports of the finished epochs. */
  readonly history: readonly EpochReport[]
  readonly best?: BestEpoch | undefined
}

/** Tracks the position of a training: epoch, step, images, seconds, history and best epoch. */
export class TrainingState implements TrainingPosition {
  step = 0
  images = 0
  seconds = 0
  epoch: EpochState = startEpoch(1)
  history: EpochReport[] = []
  best: BestEpoch | undefined = undefined

  /** Returns a copy of the position, as checkpoints store it. */
  getPosition(): TrainingPosition {
    const { step, images, seconds, epoch, history, best } = this
    return { step, images, seconds, epoch: { ...epoch }, history: [...history], best }
  }

  /** Sets the position to that of a checkpoint. */
  setPosition({ step, images, seconds, epoch, history, best }: TrainingPosition): void {
    Object.assign(this, { step, images, seconds, epoch: { ...epoch }, history: [...history], best })
  }

  /** Records a finished step. */
  recordStep(step: {
    readonly images: number
    readonly loss: number
    readonly gradientNorm: number
    readonly learningRate: number
  }): void {
    const { gradientNormSum } = this.epoch
    this.step++
    this.images += step.images
    this.epoch = {
      ...this.epoch,
      step: this.epoch.step + 1,
      lossSum: this.epoch.lossSum + step.loss * step.images,
      gradientNormSum: gradientNormSum === undefined ? undefined : gradientNormSum + step.gradientNorm,
      learningRate: step.learningRate,
    }
  }

  /** Adds seconds of training. */
  addSeconds(seconds: number): void {
    this.seconds += seconds
    this.epoch = { ...this.epoch, seconds: this.epoch.seconds + seconds }
  }

  /**
   * Ends the epoch under way and returns its report.
   *
   * @param images images of the epoch
   * @param validation loss and error over the validation set, if there is one
   */
  finishEpoch(
    images: number,
    validation: { readonly loss: number; readonly errorPx: number } | undefined,
  ): EpochReport {
    const { step } = this
    const { number: epoch, step: epochSteps, lossSum, gradientNormSum, learningRate, seconds } = this.epoch
    const report = {
      epoch,
      step,
      trainLoss: lossSum / images,
      ...(validation ? { valLoss: validation.loss, valErrorPx: validation.errorPx } : {}),
      learningRate,
      ...(gradientNormSum === undefined ? {} : { gradientNorm: gradientNormSum / epochSteps }),
      seconds,
      imagesPerSecond: images / seconds,
    }
    this.history.push(report)
    this.epoch = startEpoch(epoch + 1)
    if (validation && validation.errorPx < (this.best?.valErrorPx ?? Number.POSITIVE_INFINITY)) {
      this.best = { epoch, step, valErrorPx: validation.errorPx }
    }
    return report
  }
}

function startEpoch(number: number): EpochState {
  return { number, step: 0, lossSum: 0, gradientNormSum: 0, learningRate: 0, seconds: 0 }
}
