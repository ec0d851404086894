/** Report of one training step, as `onStepEnd` receives it. Plain JSON. */
export interface StepReport {
  /** Epoch of the step, from 1. */
  readonly epoch: number
  readonly epochs: number
  /** Steps done. */
  readonly step: number
  /** Steps of the whole training. */
  readonly steps: number
  /** Images trained on so far. */
  readonly images: number
  /** Images trained on before this run began: 0 unless it was resumed. */
  readonly imagesBefore: number
  /** Images of the whole training. */
  readonly totalImages: number
  /** Loss of the step's batches, before the weights were updated. */
  readonly loss: number
  readonly learningRate: number
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number
}

/** Report of one epoch, as `onEpochEnd` receives it. Plain JSON. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number
  /** Steps done. */
  readonly step: number
  /** Mean loss over the epoch's images, each measured before its step. */
  readonly trainLoss: number
  /** Loss over the validation set; absent without one. */
  readonly valLoss?: number
  /** Mean point error over the validation set, in pixels of the original files; absent without one. */
  readonly valErrorPx?: number
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number
  /** Mean over the epoch's steps of the global gradient norm, before clipping; absent in files of older versions. */
  readonly gradientNorm?: number
  /** Seconds of training, without validation and callbacks. */
  readonly seconds: number
  readonly imagesPerSecond: number
}

/** The epoch with the smallest validation error. */
export interface BestEpoch {
  readonly epoch: number
  /** Steps done at its end. */
  readonly step: number
  readonly valErrorPx: number
}

/** Why a training ended before its last epoch was done. */
export type StopReason = 'signal' | 'timeLimit' | 'epochLimit' | 'earlyStopping'

/** Result of a training. */
export interface TrainResult {
  /** One report per epoch. */
  readonly history: readonly EpochReport[]
  /** Steps done. */
  readonly steps: number
  /** Steps done before this run began: 0 unless it was resumed. */
  readonly resumedAtStep: number
  /** The epoch with the smallest validation error; absent without validation. */
  readonly best?: BestEpoch
  /** Seconds of training, without validation and callbacks. */
  readonly seconds: number
  readonly imagesPerSecond: number
  /**
   * Longest time that the forward and backward pass of one batch blocked the thread, in ms. Between batches, `train` yields to the event
   * loop; backends cpu, wasm and onnx cannot be interrupted within one. Use smaller batches with `gradientAccumulationSteps`, or another
   * thread.
   */
  readonly longestBlockMs: number
  /** With early stopping, the epoch whose weights the model holds; absent if none was measured. */
  readonly restoredEpoch?: number
  /** What ended the training before its last epoch was done. */
  readonly stoppedBy?: StopReason
  /** Whether the signal ended it. */
  readonly interrupted: boolean
}
