import type { BestEpoch, EpochState } from './checkpoint/training-state.ts'
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
  return { number, step: 0, lossSum: 0, learningRate: 0, seconds: 0 }
}

/** The epoch under way is done. */
export function endEpoch(now: Progress, report: EpochReport): void {
  const { epoch, step, validationErrorPx } = report
  now.history.push(report)
  now.epoch = newEpoch(epoch + 1)
  if (validationErrorPx !== undefined && validationErrorPx < (now.best?.validationErrorPx ?? Infinity))
    now.best = { epoch, step, validationErrorPx }
}
