import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { TrainingCallback } from './training-callback.ts'

const optionsSchema = z.strictObject({ epoch: z.int().check(z.minimum(1)) })

/**
 * Stops training after an epoch, validation included, although its schedule goes on. A training with checkpoints can be resumed, and is then
 * the same as if it had not been stopped.
 *
 * @param epoch the last one to train, from 1
 *
 * @throws `TRAIN_OPTION` for an invalid epoch
 */
export function epochLimit(epoch: number): TrainingCallback {
  parseOptions({ schema: optionsSchema, value: { epoch }, code: 'TRAIN_OPTION', name: 'epochLimit' })
  return {
    stage: 'guard',
    // A training that is resumed may be there already; one that has done all of its epochs is not stopped.
    onEpochBegin: (next, training) => {
      if (next > epoch) training.stop('epochLimit')
    },
  }
}
