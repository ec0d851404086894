import { join } from 'node:path'
import {
  type EpochReport,
  meanDistance,
  meanSquaredError,
  type PointLoss,
  type Schedule,
  type TrainOptions,
  type TrainResult,
  train,
} from '@facekp/trainer'
import { abortOnInterrupt, historyWriter, terminalProgress } from '@facekp/trainer/node'

const LOSSES: Readonly<Record<'meanSquaredError' | 'meanDistance', PointLoss>> = { meanSquaredError, meanDistance }

/** What of a recipe the training takes. */
export type TrainingRecipe = {
  readonly epochs: number
  readonly batchSize: number
  /** Adam's: one for all steps, or a schedule. */
  readonly learningRate: number | Schedule
  readonly loss: keyof typeof LOSSES
  readonly maxGradientNorm?: number
}

/**
 * Trains by a recipe, with its progress on the terminal and a line an epoch in `out`/history.jsonl. Ctrl-C ends it and keeps what
 * was learnt.
 */
export async function trainAndTell(
  out: string,
  { epochs, batchSize, learningRate, loss, maxGradientNorm }: TrainingRecipe,
  options: Omit<TrainOptions, keyof TrainingRecipe>,
): Promise<TrainResult> {
  const interrupt = abortOnInterrupt()
  const display = terminalProgress()
  const write = historyWriter(join(out, 'history.jsonl'))
  const tell = (epoch: EpochReport): void => {
    display.onEpoch(epoch)
    write(epoch)
  }
  try {
    const result = await train({
      ...options,
      epochs,
      batchSize,
      learningRate,
      loss: LOSSES[loss],
      maxGradientNorm,
      signal: interrupt.signal,
      onStep: display.onStep,
      onResume: (history) => history.forEach(tell),
      onEpoch: tell,
    })
    if (result.interrupted) console.log(`Interrupted after ${result.steps} steps; what was learnt is kept.`)
    return result
  } finally {
    display.finish()
    interrupt.dispose()
  }
}
