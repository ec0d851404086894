import type { Json } from '@facekp/core'
import { type LossSettings, type Schedule, type TrainOptions, type TrainResult, train } from '@facekp/trainer'
import { saveNonFiniteBatch, saveRunManifest } from '@facekp/trainer/node'
import { telling } from './telling.ts'

/** What of a recipe the training takes. */
export type TrainingRecipe = {
  readonly epochs: number
  readonly batchSize: number
  /** Adam's: one for all steps, or a schedule. */
  readonly learningRate: number | Schedule
  readonly loss: LossSettings
  /** Averages the weights over the steps, each keeping so much of the average. */
  readonly emaDecay?: number
  readonly maxGradientNorm?: number
}

/**
 * Trains by a recipe, with its progress on the terminal. Leaves in `out` history.jsonl, a line an epoch; run.json, what the run
 * follows from; and the batch of a step that comes to no number. Ctrl-C ends it and keeps what was learnt. Where it goes on from checkpoints,
 * settings, recipe and faces must be those of its run.json.
 */
export async function trainAndTell(
  out: string,
  recipe: TrainingRecipe,
  options: Omit<TrainOptions, keyof TrainingRecipe>,
): Promise<TrainResult> {
  const { epochs, batchSize, learningRate, loss, emaDecay, maxGradientNorm, ...rest } = recipe
  const { train: trainSet, validation, seed, timeLimitSeconds, checkpoints, resume } = options
  const { config } = await saveRunManifest(out, {
    config: { epochs, batchSize, learningRate, loss, emaDecay, maxGradientNorm, seed, timeLimitSeconds },
    recipe: JSON.parse(JSON.stringify(rest)) as Json,
    train: trainSet,
    validation,
    checkpoints,
    resume,
  })
  const { finish, ...told } = telling(out)
  try {
    const result = await train({ ...options, ...config, ...told, onNonFinite: saveNonFiniteBatch(out) })
    if (result.stoppedBy) {
      const why = result.stoppedBy === 'timeLimit' ? 'The time is over' : 'Interrupted'
      console.log(`${why} after ${result.steps} steps; what was learnt is kept.`)
    }
    return result
  } finally {
    finish()
  }
}
