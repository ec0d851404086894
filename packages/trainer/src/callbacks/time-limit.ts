import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { TrainingCallback, TrainingContext } from './training-callback.ts'

/** Seconds that a timer can wait. */
const MAX_TIMER_SECONDS = (2 ** 31 - 1) / 1000

const optionsSchema = z.strictObject({ seconds: z.number().check(z.positive()) })

/**
 * Stops training after a time, validation included. A training with checkpoints can be resumed.
 *
 * @param seconds time since this run began, above 0
 *
 * @throws `TRAIN_OPTION` for an invalid time
 */
export function timeLimit(seconds: number): TrainingCallback {
  parseOptions({ schema: optionsSchema, value: { seconds }, code: 'TRAIN_OPTION', name: 'timeLimit' })
  let start = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const stopIfOver = (training: TrainingContext): void => {
    if (performance.now() - start >= seconds * 1000) training.stop('timeLimit')
  }
  return {
    stage: 'guard',
    onTrainBegin(training) {
      start = performance.now()
      // Data that never arrive leave no step to end after.
      if (seconds < MAX_TIMER_SECONDS) timer = setTimeout(() => training.stop('timeLimit'), seconds * 1000)
    },
    onEpochBegin: (_, training) => stopIfOver(training),
    onStepEnd: (_, training) => stopIfOver(training),
    dispose: () => clearTimeout(timer),
  }
}
