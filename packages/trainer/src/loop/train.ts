import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { gainsOf } from '../callbacks/early-stopping.ts'
import { leakGuard } from '../callbacks/leak-guard.ts'
import { trainingCheckpoints } from '../callbacks/model-checkpoint.ts'
import { nonFiniteError } from '../callbacks/terminate-on-nan.ts'
import { TIME_IS_OVER, timeLimit } from '../callbacks/time-limit.ts'
import { type Batch, groupsOf } from '../data/batches.ts'
import { epochData } from '../data/epoch-data.ts'
import { predict } from '../evaluation/predict.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import { resolveLoss } from '../losses/registry.ts'
import { checkModel } from '../model/check-model.ts'
import { pointsHead } from '../model/head.ts'
import { createOptimizer } from '../optimizers/registry.ts'
import { learningRateAt } from '../schedules/schedule.ts'
import { dropoutSeeds } from '../weights/dropout-seeds.ts'
import { frozenBatchNorm } from '../weights/frozen-batch-norm.ts'
import { variableOf } from '../weights/get-variable.ts'
import { keptWeights } from '../weights/kept-weights.ts'
import { trainedWeights } from '../weights/param-groups.ts'
import { weightAverage } from '../weights/weight-ema.ts'
import { remembered } from '../weights/weight-snapshot.ts'
import { computeGradients } from './compute-gradients.ts'
import { turns } from './create-yielder.ts'
import { checkSettings, resolveLoader, type TrainOptions, type TrainResult } from './train-options.ts'
import { endEpoch, firstProgress, stepDone, timePassed } from './training-state.ts'

/**
 * Trains a model on keypoints. The same seed, model weights, data and backend give the same losses. Leaves no
 * tensor behind but the model's own.
 *
 * With `checkpoints` it can be stopped at any moment, by `kill -9` too, and go on by `resume: true`: on the same backend with as many
 * threads it then ends with the very weights, bit by bit, of a training that was never stopped.
 *
 * Throws `TRAIN_OPTION` for an option out of range, `LOSS_NOT_FINITE` and `GRADIENT_NOT_FINITE` where they are no longer numbers
 * (named with epoch, step and samples; the weights are those before that step), `DATASET_EMPTY`, `CHECKPOINT_EXISTS` where there are checkpoints
 * and `resume` is not asked for, `CHECKPOINT_MISMATCH` where they are of another training, and what the store and {@link predict} throw.
 *
 * @example
 * ```ts
 * const { history } = await train({
 *   model, train: faces, validation, epochs: 20, batchSize: 4, learningRate: 1e-4, seed: 1,
 *   onEpoch: ({ epoch, valErrorPx }) => console.log(epoch, valErrorPx),
 * })
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { model, train: dataset, onStep, onEpoch, onResume, head = pointsHead(model) } = options
  const settings = checkSettings(options)
  const { epochs, batchSize, gradientAccumulationSteps, seed, learningRate, emaDecay, pointWeights, earlyStopping } =
    settings
  const read = resolveLoader(options)
  const shape = checkModel(head.network, dataset, options.head)
  const { variables, rates } = trainedWeights(model, settings.paramGroups)
  const loss = resolveLoss(settings.loss ?? mseLoss)
  const { validation, ...data } = epochData(options, read, settings)
  const stepsPerEpoch = Math.ceil(data.images / (batchSize * gradientAccumulationSteps))
  const [steps, totalImages] = [epochs * stepsPerEpoch, epochs * data.images]

  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])])
  const isTimeOver = timeLimit(settings.timeLimitSeconds ?? Number.POSITIVE_INFINITY)
  const checkLeaks = leakGuard(settings.tensorLeakLimit)

  const optimizer = createOptimizer(settings.optimizer)
  const weights = model.weights.map(variableOf)
  const average = emaDecay === undefined ? undefined : weightAverage(weights, emaDecay)
  const averaged = average?.during ?? ((work) => work())
  const best = earlyStopping && keptWeights(average?.variables ?? weights)
  const dropout = dropoutSeeds(model, seed)
  const thaw = frozenBatchNorm(model, variables)
  const maybeYield = turns()
  const now = firstProgress()
  const checkpoints = trainingCheckpoints(options, { settings, variables, optimizer, average, best, now })
  const gains = () => (earlyStopping ? gainsOf(now.history, earlyStopping) : { isOver: false })
  let [resumedAtStep, imagesBefore] = [0, 0]
  let stoppedBy: TrainResult['stoppedBy']

  const runStep = async (batches: readonly Batch[]): Promise<void> => {
    const rate = learningRateAt(learningRate, { step: now.step, steps, stepsPerEpoch, history: now.history })
    if (!(rate >= 0 && Number.isFinite(rate))) throw noRate(rate, now.step + 1)
    // What a forward pass changes by itself: batch-norm statistics.
    const before = remembered(model.nonTrainableWeights.map(variableOf))
    const { gradients, ...told } = await computeGradients(batches, {
      head,
      variables,
      shape,
      loss,
      maxGradientNorm: settings.maxGradientNorm,
      onBatch: (i) => dropout.draw(now.step * gradientAccumulationSteps + i),
    }).catch((error) => {
      before.dispose()
      throw error
    })
    try {
      const epoch = now.epoch.number
      const about = { epoch, step: now.step + 1, seed, samplingEpoch: data.samplingEpoch(epoch), batches }
      const error = await nonFiniteError(told, about, options.onNonFinite)
      if (error) {
        before.restore()
        throw error
      }
      optimizer.apply(
        variables,
        gradients,
        settings.paramGroups.length === 0 ? rate : rates.map((factor) => rate * factor),
      )
    } finally {
      tf.dispose([...gradients])
      before.dispose()
    }
    average?.update(now.step + 1)
    const images = batches.reduce((sum, { samples }) => sum + samples.length, 0)
    stepDone(now, { images, learningRate: rate, ...told })
    onStep?.({
      epoch: now.epoch.number,
      epochs,
      step: now.step,
      steps,
      images: now.images,
      imagesBefore,
      totalImages,
      learningRate: rate,
      ...told,
    })
  }

  const runEpoch = async (): Promise<void> => {
    const { number, step } = now.epoch
    const from = step * batchSize * gradientAccumulationSteps
    if (isTimeOver()) stop.abort(TIME_IS_OVER)
    let clock = performance.now()
    for await (const own of groupsOf(data.batches(number, from, signal), gradientAccumulationSteps)) {
      await runStep(own)
      checkLeaks({ epoch: number, step: now.step })
      await maybeYield()
      timePassed(now, (performance.now() - clock) / 1000)
      if (now.epoch.step < stepsPerEpoch) await checkpoints.afterStep()
      if (isTimeOver()) stop.abort(TIME_IS_OVER)
      clock = performance.now()
    }
    const measured =
      validation && (await averaged(() => predict(model, validation, { head, loss, pointWeights, signal })))
    const report = endEpoch(now, data.images, measured)
    if (gains().bestEpoch === number) best?.take()
    await checkpoints.afterEpoch()
    await averaged(async () => onEpoch?.(report))
  }

  try {
    await checkpoints.resume()
    ;[resumedAtStep, imagesBefore] = [now.step, now.images]
    if (resumedAtStep > 0) await onResume?.([...now.history])
    while (now.epoch.number <= epochs && !gains().isOver) await runEpoch()
    if (now.epoch.number <= epochs) {
      stoppedBy = 'earlyStopping'
      await checkpoints.atStop()
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
    stoppedBy = error === TIME_IS_OVER ? 'timeLimit' : 'signal'
    await checkpoints.atStop()
  } finally {
    if (now.step > 0) average?.adopt()
    if (gains().bestEpoch !== undefined) best?.giveTo(weights)
    average?.dispose()
    best?.dispose()
    optimizer.dispose()
    dropout.restore()
    thaw()
  }
  return {
    history: now.history,
    steps: now.step,
    resumedAtStep,
    ...(now.best ? { best: now.best } : {}),
    seconds: now.seconds,
    imagesPerSecond: now.images / now.seconds,
    ...(gains().bestEpoch === undefined ? {} : { restoredEpoch: gains().bestEpoch }),
    ...(stoppedBy ? { stoppedBy } : {}),
    interrupted: stoppedBy === 'signal',
  }
}

function noRate(rate: number, step: number): FacekpError {
  return new FacekpError({
    code: 'TRAIN_OPTION',
    problem: `option learningRate gives none for step ${step}`,
    received: String(rate),
    expected: 'a number of at least 0',
  })
}
