import { join } from 'node:path'
import { checkArgument, type Json, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { saveModel } from '@facekp/models/node'
import { type TrainOptions, type TrainResult, train } from '@facekp/trainer'
import { checkpointFolder, saveNonFiniteBatch, saveRunManifest } from '@facekp/trainer/node'
import type { TrainingSettings } from '../recipe/recipe.ts'
import type { Log } from '../report/log.ts'
import { selectHead } from './select-head.ts'
import { trainingCallbacks } from './training-callbacks.ts'

/** Steps between checkpoints: the epochs of small datasets take less than a second, and writing one takes a part of that. */
const CHECKPOINT_STEPS = 200

const RUN_TRAINING_OPTIONS = objectKind({ model: KINDS.model, train: KINDS.dataset })

/**
 * Trains a network with a recipe's settings and shows the progress on the terminal. Ctrl-C stops it and keeps the weights.
 *
 * Writes into `out`: model/, the trained network; history.jsonl, one line per epoch; run.json, everything that the run depends on;
 * checkpoints/ (unless the options have others), from which `resume` continues; and the batch of a step that is not finite.
 *
 * @param recipe its training settings are used; the rest is written down, and must be the same if the training is resumed
 * @param options those of `train`, and `log`, which prints a line (default `console.log`)
 * @throws FacekpError what `train` and `saveRunManifest` of `@facekp/trainer` throw
 *
 * @example
 * ```ts
 * await runTraining('runs/nose', recipe, { model, train: noses, validation, transform: trainTransform(recipe, noses.scheme), seed: 1 })
 * ```
 */
export async function runTraining(
  out: string,
  recipe: TrainingSettings,
  options: Omit<TrainOptions, keyof TrainingSettings> & { readonly log?: Log | undefined },
): Promise<TrainResult> {
  checkArgument(KINDS.path, out, 'out', 'runTraining')
  checkArgument(KINDS.object, recipe, 'recipe', 'runTraining')
  checkArgument(RUN_TRAINING_OPTIONS, options, 'options', 'runTraining')
  const { epochs, batchSize, learningRate, loss, emaDecay, maxGradientNorm, ...rest } = recipe
  const { log = console.log, ...trainOptions } = options
  const { checkpoints = checkpointFolder(join(out, 'checkpoints'), { everySteps: CHECKPOINT_STEPS }) } = options
  const { train: trainSet, validation, seed, timeLimitSeconds, resume } = trainOptions
  const { config } = await saveRunManifest(out, {
    config: { epochs, batchSize, learningRate, loss, emaDecay, maxGradientNorm, seed, timeLimitSeconds },
    recipe: JSON.parse(JSON.stringify(rest)) as Json,
    train: trainSet,
    validation,
    checkpoints,
    resume,
  })
  const head = options.head ?? selectHead(options.model, loss)
  const { finish, callbacks, signal } = trainingCallbacks(out)
  const signals = trainOptions.signal ? [signal, trainOptions.signal] : [signal]
  try {
    const result = await train({
      ...trainOptions,
      ...config,
      callbacks: [...callbacks, ...(trainOptions.callbacks ?? [])],
      signal: AbortSignal.any(signals),
      checkpoints,
      head,
      onNonFinite: saveNonFiniteBatch(out),
    })
    await saveModel(options.model, join(out, 'model'))
    if (result.stoppedBy === 'timeLimit') log(`Time limit reached after ${result.steps} steps; weights saved.`)
    if (result.stoppedBy === 'epochLimit') log(`Epoch limit reached after ${result.steps} steps; weights saved.`)
    if (result.stoppedBy === 'signal') log(`Interrupted after ${result.steps} steps; weights saved.`)
    return result
  } finally {
    finish()
  }
}
