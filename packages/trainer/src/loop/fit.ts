import { FacekpError, isFacekpError, randomStream } from '@facekp/core'
import { getLayers } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import { callAll } from '../callbacks/call-all.ts'
import { FiniteWeights } from '../callbacks/finite-weights.ts'
import type { TrainingCallback } from '../callbacks/training-callback.ts'
import { type Batch, groupBatches } from '../data/batches.ts'
import { checkLabels, isLabeled } from '../data/check-labels.ts'
import { type Predictions, predict } from '../evaluation/predict.ts'
import { isLoss } from '../losses/loss.ts'
import { learningRateAt } from '../schedules/learning-rate-at.ts'
import { modelVariables } from '../weights/model-variables.ts'
import { computeGradients } from './compute-gradients.ts'
import type { StepReport, TrainResult } from './reports.ts'
import type { Training } from './training.ts'

/** Runs the epochs of a training, from the position that its callbacks set, and returns the result. */
export async function fit(training: Training): Promise<TrainResult> {
  const { state, signal } = training
  let start = { step: 0, images: 0 }
  let stoppedBy: TrainResult['stoppedBy']
  let weights: FiniteWeights | undefined
  try {
    // A page loads them when it trains.
    const { checkBackendGradients } = await import('../gradient-check/check-gradients.ts')
    const { createStepReplay } = await import('./step-replay.ts')
    await checkBackendGradients()
    const { network } = training.head
    // A loss of the program, not one of a kind with its options, may do otherwise in a later step.
    if (!isLoss(training.options.loss)) {
      training.replay = createStepReplay({
        ...training.options,
        layers: getLayers(network),
        variables: modelVariables(network),
      })
    }
    await notify(training, (callback) => callback.onTrainBegin?.(training))
    weights = new FiniteWeights(training)
    await weights.check()
    start = { step: state.step, images: state.images }
    if (state.step > 0) await notify(training, (callback) => callback.onResume?.([...state.history], training))
    if (state.step === 0) await checkValidationLabels(training)
    while (state.epoch.number <= training.epochs) await runEpoch(training, weights, start.images)
  } catch (error) {
    // Whatever ends the training, the model keeps finite weights.
    if (isFacekpError(error, 'VALIDATION_NOT_FINITE')) weights?.restore()
    const failure = await weights?.check().catch((failure: unknown) => failure)
    if (failure) weights?.restore()
    if (!signal.aborted || error !== signal.reason) throw error
    if (failure) throw failure
    const reason = training.getStopReason()
    stoppedBy = reason
    await notify(training, (callback) => callback.onStop?.(reason, training))
  } finally {
    await callAll([
      () => weights?.dispose(),
      ...training.callbacks.map((callback) => () => callback.dispose?.(training)),
      () => training.replay?.dispose(),
      () => training.release(),
    ])
  }
  const result = createResult(training, start.step, stoppedBy)
  await notify(training, (callback) => callback.onTrainEnd?.(result, training))
  return result
}

/** Runs the rest of the epoch under way and validates the model. */
async function runEpoch(training: Training, weights: FiniteWeights, imagesBefore: number): Promise<void> {
  const { state, data, signal, options } = training
  const { number } = state.epoch
  await notify(training, (callback) => callback.onEpochBegin?.(number, training))
  signal.throwIfAborted()
  const firstImage = state.epoch.step * options.batchSize * options.gradientAccumulationSteps
  const batches = data.loadBatches(number, firstImage, signal)
  let clock = performance.now()
  for await (const group of groupBatches(batches, options.gradientAccumulationSteps)) {
    if (state.step === 0) await checkTrainLabels(training, group)
    const report = await runStep(training, group, imagesBefore)
    await training.maybeYield()
    state.addSeconds((performance.now() - clock) / 1000)
    await notify(training, (callback) => callback.onStepEnd?.(report, training))
    clock = performance.now()
  }
  await weights.check()
  const validation = await validate(training)
  weights.capture()
  const report = state.finishEpoch(data.images, validation)
  await notify(training, (callback) => {
    if (!callback.onEpochEnd) return
    const call = () => callback.onEpochEnd?.(report, training)
    return callback.stage === 'checkpoint' ? call() : withEvaluationWeights(training, call)
  })
}

/** Checks that the validation set has a label; with `overfitBatches` it is the training set. */
async function checkValidationLabels({ data, signal, options }: Training): Promise<void> {
  if (data.validation && !options.overfitBatches) await checkLabels(data.validation, { name: 'validation', signal })
}

/** Checks before the first step that the training set has a label: it reads on only if the first batches have none. */
async function checkTrainLabels({ data, signal }: Training, group: readonly Batch[]): Promise<void> {
  if (group.some(({ samples }) => samples.some(isLabeled))) return
  await checkLabels(data.createFirstEpoch(), { name: 'train', signal })
}

/** Does one optimizer step on a group of batches. */
async function runStep(training: Training, batches: readonly Batch[], imagesBefore: number): Promise<StepReport> {
  const { head, variables, inputShape, loss: lossFunction, options, state, optimizer, epochs, stepsPerEpoch } = training
  const steps = epochs * stepsPerEpoch
  const { step, history } = state
  const learningRate = learningRateAt(options.learningRate, { step, steps, stepsPerEpoch, history })
  checkSameBackend(training.backend)
  training.statistics.capture()
  const { loss, gradients, gradientNorm, blockMs } = await computeGradients(batches, {
    head,
    variables,
    inputShape,
    loss: lossFunction,
    maxGradientNorm: options.maxGradientNorm,
    replay: training.replay,
    onBatch: training.maybeYield,
    createLayerRandom: (i) =>
      randomStream({ seed: options.seed, purpose: 'layers', epoch: step * options.gradientAccumulationSteps + i }),
  })
  try {
    await checkGradients(training, { batches, loss, gradientNorm })
    optimizer.apply(variables, gradients, training.lrScales?.map((scale) => learningRate * scale) ?? learningRate)
  } finally {
    tf.dispose([...gradients])
  }
  const images = batches.reduce((sum, { samples }) => sum + samples.length, 0)
  training.blocks.longestMs = Math.max(training.blocks.longestMs, blockMs)
  state.recordStep({ images, loss, gradientNorm, learningRate })
  const totalImages = epochs * training.data.images
  const position = { epoch: state.epoch.number, epochs, step: state.step, steps }
  return { ...position, images: state.images, imagesBefore, totalImages, loss, learningRate, gradientNorm }
}

/** Throws `TRAIN_BACKEND` if the backend is no longer that of the training: its numbers and checkpoints would be of two. */
function checkSameBackend(backend: string): void {
  const received = tf.getBackend()
  if (received === backend) return
  throw new FacekpError({
    code: 'TRAIN_BACKEND',
    problem: 'the backend was switched while the model is trained',
    received,
    expected: `${backend}: switch before or after the training, or train in a thread of its own (trainInThread)`,
  })
}

/** Lets the callbacks reject a step; if one does, the batch-norm statistics are restored. */
async function checkGradients(
  training: Training,
  step: { readonly batches: readonly Batch[]; readonly loss: number; readonly gradientNorm: number },
): Promise<void> {
  const epoch = training.state.epoch.number
  const position = { epoch, step: training.state.step + 1, samplingEpoch: training.data.getSamplingEpoch(epoch) }
  const computed = { ...position, seed: training.options.seed, ...step }
  try {
    await notify(training, (callback) => callback.onGradients?.(computed, training))
  } catch (error) {
    training.statistics.restore()
    throw error
  }
}

/** Measures loss and error over the validation set, if there is one. */
async function validate(training: Training): Promise<{ loss: number; errorPx: number } | undefined> {
  const { model, head, loss, data, signal, options } = training
  const { validation } = data
  if (!validation) return undefined
  const { pointWeights } = options
  const predictions = await withEvaluationWeights(training, () =>
    predict(model, validation, { head, loss, pointWeights, signal }),
  )
  checkPredictions(predictions, training.state.epoch.number)
  return predictions
}

/** Throws `VALIDATION_NOT_FINITE`, which names the sample, if what was predicted or its loss is NaN or infinite. */
function checkPredictions({ predictions, loss }: Predictions, epoch: number): void {
  const failed = predictions.find(({ points }) => !points.every(Number.isFinite))
  if (!failed && Number.isFinite(loss)) return
  throw new FacekpError({
    code: 'VALIDATION_NOT_FINITE',
    problem: failed
      ? `the points predicted for sample ${failed.sample.id} of the validation set are not finite after epoch ${epoch}`
      : `the loss over the validation set is not finite after epoch ${epoch}`,
    received: failed ? formatNumbers(failed.points) : String(loss),
    expected:
      'finite numbers: a lower learning rate, and images and points that are finite; the model keeps the weights of the epoch before',
  })
}

function formatNumbers(numbers: ArrayLike<number>): string {
  return `${Array.from(numbers).slice(0, 4).join(', ')}${numbers.length > 4 ? ', …' : ''}`
}

/** Runs a function while the model holds the averaged weights, if there are any. */
async function withEvaluationWeights<Result>({ ema }: Training, run: () => Result | Promise<Result>): Promise<Result> {
  return ema ? ema.withAveraged(run) : run()
}

async function notify({ callbacks }: Training, call: (callback: TrainingCallback) => unknown): Promise<void> {
  for (const callback of callbacks) await call(callback)
}

function createResult(training: Training, resumedAtStep: number, stoppedBy: TrainResult['stoppedBy']): TrainResult {
  const { state, restoredEpoch } = training
  return {
    history: state.history,
    steps: state.step,
    resumedAtStep,
    ...(state.best ? { best: state.best } : {}),
    seconds: state.seconds,
    imagesPerSecond: state.images / state.seconds,
    longestBlockMs: training.blocks.longestMs,
    ...(restoredEpoch === undefined ? {} : { restoredEpoch }),
    ...(stoppedBy ? { stoppedBy } : {}),
    interrupted: stoppedBy === 'signal',
  }
}
