import type { Json } from '@facekp/core'
import { createYielder } from '@facekp/event-loop'
import type { Head } from '@facekp/tfjs-utils'
import { readPreprocessing } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import { createCallbacks } from '../callbacks/create-callbacks.ts'
import type { TrainingCallback, TrainingContext } from '../callbacks/training-callback.ts'
import { createEpochData, type EpochData } from '../data/epoch-data.ts'
import { isLoss, type Loss } from '../losses/loss.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import { resolveLoss } from '../losses/resolve-loss.ts'
import { checkModel } from '../model/check-model.ts'
import { pointsHead } from '../model/head.ts'
import type { InputShape } from '../model/input-shape.ts'
import { createOptimizer } from '../optimizers/create-optimizer.ts'
import { completeBatchNorm } from '../weights/complete-batch-norm.ts'
import { frozenBatchNorm } from '../weights/frozen-batch-norm.ts'
import { getVariable } from '../weights/get-variable.ts'
import { clearLayerSeeds } from '../weights/layer-random.ts'
import { selectTrainedWeights } from '../weights/param-groups.ts'
import { WeightSnapshot } from '../weights/weight-snapshot.ts'
import type { StopReason } from './reports.ts'
import type { StepReplay } from './step-replay.ts'
import { checkTrainOptions, resolveLoader, type TrainOptions } from './train-options.ts'
import type { ResolvedSettings } from './training-settings.ts'
import { TrainingState } from './training-state.ts'

/** All that the fit loop works with. */
export interface Training extends TrainingContext {
  readonly options: ResolvedSettings
  readonly callbacks: readonly TrainingCallback[]
  readonly data: EpochData
  readonly head: Head
  /** Name of the backend that the training began with. */
  readonly backend: string
  readonly inputShape: InputShape
  readonly loss: Loss
  /** Factor of the learning rate for each variable; absent if all have the same. */
  readonly lrScales: readonly number[] | undefined
  /** Weights that forward passes change, as they were before the step: the statistics of batch normalization. */
  readonly statistics: WeightSnapshot
  /** Aborted by the user's signal or by `stop`. */
  readonly signal: AbortSignal
  readonly getStopReason: () => StopReason
  /** Replays steps on the backend; set before the first step, unless it cannot. */
  replay?: StepReplay | undefined
  /** How long steps blocked the thread. */
  readonly blocks: { longestMs: number }
  /** Yields to the event loop now and then. */
  readonly maybeYield: () => Promise<void>
  /** Undoes changes of the model's layers and disposes of tensors. */
  readonly release: () => void
}

/** Checks the options of a training and creates its parts: data, loss, optimizer and callbacks. */
export function createTraining(options: TrainOptions): Training {
  const settings = checkTrainOptions(options)
  const { model, train: dataset, validation, head = pointsHead(model) } = options
  const inputShape = checkModel(head.network, dataset, options.head)
  const trainedWeights = selectTrainedWeights(model, settings.paramGroups)
  const { variables, lrScales } = trainedWeights
  const loss = resolveLoss(settings.loss ?? mseLoss)
  const preprocessing = readPreprocessing(model)
  const data = createEpochData({ train: dataset, validation, loader: resolveLoader(options), preprocessing }, settings)
  const callbacks = createCallbacks(options, settings)
  const optimizer = createOptimizer(settings.optimizer)
  const statistics = new WeightSnapshot(model.nonTrainableWeights.map(getVariable))
  const restoreSeeds = clearLayerSeeds(model)
  const removeConstants = completeBatchNorm(model)
  const unfreeze = frozenBatchNorm(model, trainedWeights)
  return {
    model,
    variables,
    optimizer,
    state: new TrainingState(),
    epochs: settings.epochs,
    stepsPerEpoch: Math.ceil(data.images / (settings.batchSize * settings.gradientAccumulationSteps)),
    hasValidation: data.validation !== undefined,
    settings: toComparableSettings(settings, dataset.length),
    checkpointVariables: new Map<string, readonly tf.Variable[]>(),
    ema: undefined,
    restoredEpoch: undefined,
    ...createStop(options.signal),
    options: settings,
    callbacks,
    data,
    head,
    backend: tf.getBackend(),
    inputShape,
    loss,
    lrScales: settings.paramGroups.length === 0 ? undefined : lrScales,
    statistics,
    blocks: { longestMs: 0 },
    maybeYield: createYielder(),
    release() {
      statistics.dispose()
      optimizer.dispose()
      restoreSeeds()
      unfreeze()
      removeConstants()
    },
  }
}

/** Joins the user's signal with one that `stop` aborts. */
function createStop(userSignal: AbortSignal | undefined): Pick<Training, 'signal' | 'stop' | 'getStopReason'> {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, ...(userSignal ? [userSignal] : [])])
  let stopReason: StopReason = 'signal'
  return {
    signal,
    stop(reason) {
      if (signal.aborted) return
      stopReason = reason
      controller.abort()
    },
    getStopReason: () => stopReason,
  }
}

/** Settings that a resumed training must share, as plain JSON. Functions cannot be compared. */
function toComparableSettings(settings: ResolvedSettings, samples: number): Readonly<Record<string, Json>> {
  const { learningRate, loss, timeLimitSeconds, tensorLeakLimit, ...others } = settings
  return JSON.parse(
    JSON.stringify({
      ...others,
      learningRate: typeof learningRate === 'function' ? 'a function' : learningRate,
      loss: isLoss(loss) ? undefined : loss,
      samples,
    }),
  )
}
