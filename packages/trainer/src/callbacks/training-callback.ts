import type { Json } from '@facekp/core'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Batch } from '../data/batches.ts'
import type { EpochReport, StepReport, StopReason, TrainResult } from '../loop/reports.ts'
import type { TrainingState } from '../loop/training-state.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import type { WeightEma } from '../weights/weight-ema.ts'

/** What callbacks see of a training, and how they act on it. */
export interface TrainingContext {
  /** The model under training. It holds the averaged weights during `onEpochEnd` if there is an `ema`. */
  readonly model: tfl.LayersModel
  /** Variables that gradients are computed for. */
  readonly variables: readonly tf.Variable[]
  readonly optimizer: Optimizer
  /** Position: epoch, step, images, seconds, history, best epoch. */
  readonly state: TrainingState
  readonly epochs: number
  readonly stepsPerEpoch: number
  readonly hasValidation: boolean
  /** Settings that must be the same when the training is resumed, as plain JSON. */
  readonly settings: Readonly<Record<string, Json>>
  /** Variables that callbacks add to checkpoints, by a prefix for their names such as `average`. */
  readonly checkpointVariables: Map<string, readonly tf.Variable[]>
  /** Averaged weights, set by callback `ema`. */
  ema: WeightEma | undefined
  /** The epoch whose weights the model has after the training, set by callback `earlyStopping`. */
  restoredEpoch: number | undefined
  /** Ends the training after the step or epoch under way. */
  stop(reason: Exclude<StopReason, 'signal'>): void
}

/** Loss and gradients of a step, before the optimizer applies them. */
export interface ComputedStep {
  /** From 1. */
  readonly epoch: number
  /** From 1. */
  readonly step: number
  readonly seed: number
  /** Epoch in the keys of the step's samples: `epoch`, or 1 with `overfitBatches`. */
  readonly samplingEpoch: number
  /** One batch, or as many as `gradientAccumulationSteps` says. */
  readonly batches: readonly Batch[]
  readonly loss: number
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number
}

/** A function whose promise, if it returns one, is awaited. */
type Hook<Arguments extends readonly unknown[]> = ((...values: Arguments) => unknown) | undefined

/** A callback that only receives reports. `train` and `trainInThread` take it. */
export interface TrainingListener {
  /** Called once, before the first step. */
  readonly onTrainBegin?: Hook<[]>
  /** Called once if the training goes on from a checkpoint, with the reports of the finished epochs. */
  readonly onResume?: Hook<[history: readonly EpochReport[]]>
  /** Called after each step. */
  readonly onStepEnd?: Hook<[report: StepReport]>
  /** Called after each epoch and its validation. */
  readonly onEpochEnd?: Hook<[report: EpochReport]>
  /** Called once after the last step, however the training ended. Close open resources here. */
  readonly dispose?: Hook<[]>
  /** Called once with the result, unless the training fails. */
  readonly onTrainEnd?: Hook<[result: TrainResult]>
}

/**
 * A feature of the fit loop. Callbacks run in the order of their stages and, within a stage, in the order of the list; each is
 * awaited. What a callback throws ends the training.
 */
export interface TrainingCallback {
  /**
   * - `weights`: keeps further weights, such as their average;
   * - `state`: keeps state that checkpoints contain, such as the best weights;
   * - `checkpoint`: reads and writes checkpoints; during `onEpochEnd` the model holds the weights under training, not the averages;
   * - `listener` (default): receives reports;
   * - `guard`: ends the training, such as after a time.
   */
  readonly stage?: CallbackStage | undefined
  /** Called once, before the first step. */
  readonly onTrainBegin?: Hook<[training: TrainingContext]>
  /** Called once if the training goes on from a checkpoint, with the reports of the finished epochs. */
  readonly onResume?: Hook<[history: readonly EpochReport[], training: TrainingContext]>
  /** Called before the first step of each epoch, the one under way at a resume included. */
  readonly onEpochBegin?: Hook<[epoch: number, training: TrainingContext]>
  /** Called between computing gradients and applying them; if it throws, the step is not done. */
  readonly onGradients?: Hook<[step: ComputedStep, training: TrainingContext]>
  /** Called after each step. */
  readonly onStepEnd?: Hook<[report: StepReport, training: TrainingContext]>
  /** Called after each epoch and its validation. */
  readonly onEpochEnd?: Hook<[report: EpochReport, training: TrainingContext]>
  /** Called once if the training ends before its last epoch, while the model holds the weights under training. */
  readonly onStop?: Hook<[reason: StopReason, training: TrainingContext]>
  /** Called once after the last step, however the training ended: final weights are put in place, tensors disposed of. */
  readonly dispose?: Hook<[training: TrainingContext]>
  /** Called once with the result, unless the training fails. The model holds its final weights. */
  readonly onTrainEnd?: Hook<[result: TrainResult, training: TrainingContext]>
}

export type CallbackStage = 'weights' | 'state' | 'checkpoint' | 'listener' | 'guard'

const STAGES: readonly CallbackStage[] = ['weights', 'state', 'checkpoint', 'listener', 'guard']

/** Sorts callbacks by stage; those of one stage keep their order. */
export function sortByStage(callbacks: readonly TrainingCallback[]): TrainingCallback[] {
  return STAGES.flatMap((stage) => callbacks.filter((callback) => (callback.stage ?? 'listener') === stage))
}
