import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { type Batch, epochBatches } from './batches.ts'
import { trainingCheckpoints } from './checkpoint/training-checkpoints.ts'
import { clipByNorm } from './clip.ts'
import { dropoutSeeds } from './dropout-seeds.ts'
import { meanSquaredError, type PointLoss } from './losses.ts'
import { checkModel, type InputShape, tensorsOf } from './model-check.ts'
import { adam } from './optimizers/adam.ts'
import { predict } from './predict.ts'
import { checkSettings, type EpochReport, readerOf, type TrainOptions, type TrainResult } from './train-options.ts'
import { endEpoch, firstProgress } from './training-progress.ts'
import { turns } from './turns.ts'
import { variableOf } from './weight-variables.ts'

/**
 * Trains a model on keypoints with Adam. The same seed, model weights, data and engine give the same losses. Leaves no
 * tensor behind but the model's own.
 *
 * With `checkpoints` it can be stopped at any moment, by `kill -9` too, and go on by `resume: true`: on the same engine with as many
 * threads it then ends with the very weights, bit by bit, of a training that was never stopped. `onEpoch` is first told of the
 * epochs that were done before, so that what listens (a log, a chart, early stopping) stands where it stood.
 *
 * Throws `TRAIN_OPTION` for an option out of range, `LOSS_NOT_FINITE` where the loss is no longer a number (named with
 * epoch, step and samples; the weights are those before that step), `DATASET_EMPTY`, `CHECKPOINT_EXISTS` where there are checkpoints
 * and `resume` is not asked for, `CHECKPOINT_MISMATCH` where they are of another training, and what the store and {@link predict} throw.
 *
 * @example
 * ```ts
 * const { history } = await train({
 *   model, train: faces, validation, epochs: 20, batchSize: 4, learningRate: 1e-4, seed: 1,
 *   onEpoch: ({ epoch, validationErrorPx }) => console.log(epoch, validationErrorPx),
 * })
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { model, train: dataset, validation, loss = meanSquaredError, signal, onStep, onEpoch } = options
  const { epochs, batchSize, seed, maxGradientNorm, learningRate } = checkSettings(options)
  const read = readerOf(options)
  if (dataset.length === 0) throw new FacekpError({ code: 'DATASET_EMPTY', problem: 'there is nothing to train on' })
  const shape = checkModel(model, dataset)
  const stepsPerEpoch = Math.ceil(dataset.length / batchSize)
  const [steps, totalImages] = [epochs * stepsPerEpoch, epochs * dataset.length]
  const variables = model.trainableWeights.map(variableOf)
  const optimizer = adam()
  const dropout = dropoutSeeds(model, seed)
  const giveTurn = turns()
  const now = firstProgress()
  const checkpoints = trainingCheckpoints(options, {
    settings: {
      seed,
      epochs,
      batchSize,
      samples: dataset.length,
      learningRate: typeof learningRate === 'number' ? learningRate : 'a function',
      maxGradientNorm: maxGradientNorm ?? null,
    },
    variables,
    optimizer,
    now,
  })

  const runEpoch = async (): Promise<EpochReport> => {
    let clock = performance.now()
    const from = now.epoch.step * batchSize
    for await (const batch of epochBatches(dataset, { batchSize, seed, epoch: now.epoch.number, from, read, signal })) {
      const rate = typeof learningRate === 'number' ? learningRate : learningRate({ step: now.step, steps })
      dropout.draw(now.step)
      const { value, gradients } = await lossAndGradients(model, variables, batch, shape, loss)
      try {
        if (!Number.isFinite(value)) throw lossNotFinite(value, now.epoch.number, now.step + 1, batch)
        if (maxGradientNorm === undefined) optimizer.apply(variables, gradients, rate)
        else {
          const clipped = clipByNorm(gradients, maxGradientNorm)
          optimizer.apply(variables, clipped, rate)
          tf.dispose(clipped)
        }
      } finally {
        tf.dispose(gradients)
      }
      now.step++
      now.images += batch.samples.length
      now.epoch.step++
      now.epoch.lossSum += value * batch.samples.length
      now.epoch.learningRate = rate
      onStep?.({
        epoch: now.epoch.number,
        epochs,
        step: now.step,
        steps,
        images: now.images,
        imagesBefore,
        totalImages,
        loss: value,
        learningRate: rate,
      })
      await giveTurn()
      const passed = (performance.now() - clock) / 1000
      now.seconds += passed
      now.epoch.seconds += passed
      if (now.epoch.step < stepsPerEpoch) await checkpoints.afterStep()
      clock = performance.now()
    }
    const measured = validation && (await predict(model, validation, { loss, signal }))
    return {
      epoch: now.epoch.number,
      step: now.step,
      trainLoss: now.epoch.lossSum / dataset.length,
      ...(measured ? { validationLoss: measured.loss, validationErrorPx: measured.errorPx } : {}),
      learningRate: now.epoch.learningRate,
      seconds: now.epoch.seconds,
      imagesPerSecond: dataset.length / now.epoch.seconds,
    }
  }

  let [resumedAtStep, imagesBefore] = [0, 0]
  try {
    await checkpoints.resume()
    resumedAtStep = now.step
    imagesBefore = now.images
    for (const report of now.history) await onEpoch?.(report)
    while (now.epoch.number <= epochs) {
      const report = await runEpoch()
      endEpoch(now, report)
      await checkpoints.afterEpoch()
      await onEpoch?.(report)
    }
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error
    await checkpoints.atStop()
  } finally {
    dropout.restore()
    optimizer.dispose()
  }
  return {
    history: now.history,
    steps: now.step,
    resumedAtStep,
    ...(now.best ? { best: now.best } : {}),
    seconds: now.seconds,
    imagesPerSecond: now.images / now.seconds,
    interrupted: now.history.length < epochs,
  }
}

/** The loss of a batch and its gradient by each variable, which are the caller's to dispose of. */
async function lossAndGradients(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  batch: Batch,
  shape: InputShape,
  loss: PointLoss,
): Promise<{ value: number; gradients: tf.Tensor[] }> {
  const { images, ...truth } = tensorsOf(batch, shape)
  const { value, grads } = tf.variableGrads(
    () => loss(model.apply(images, { training: true }) as tf.Tensor2D, { ...truth, aspect: shape[1] / shape[0] }),
    [...variables],
  )
  tf.dispose([images, truth.target, truth.labelled])
  const [number] = await value.data()
  value.dispose()
  return { value: number as number, gradients: variables.map(({ name }) => grads[name] as tf.Tensor) }
}

function lossNotFinite(value: number, epoch: number, step: number, { samples }: Batch): FacekpError {
  return new FacekpError({
    code: 'LOSS_NOT_FINITE',
    problem: `the loss of step ${step} (epoch ${epoch}) is not a finite number; its samples are ${samples.map(({ id }) => id).join(', ')}`,
    received: String(value),
    expected:
      'a smaller learning rate, a limit on the gradient norm, or pictures without NaN; the weights before that step are kept',
  })
}
