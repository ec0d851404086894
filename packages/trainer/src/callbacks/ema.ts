import { FacekpError } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { modelVariables } from '../weights/model-variables.ts'
import { WeightEma } from '../weights/weight-ema.ts'
import type { TrainingCallback } from './training-callback.ts'

const optionsSchema = z.strictObject({ decay: z.number().check(z.minimum(0), z.lt(1)) })

/**
 * Averages the weights over the steps. Validation measures the averages; the model has them during `onEpochEnd` and after the training.
 *
 * @param decay weight of the previous average in each step, 0 to 1, such as 0.999
 *
 * @throws `TRAIN_OPTION` for an invalid decay, or if a training has two of these callbacks
 */
export function ema(decay: number): TrainingCallback {
  parseOptions({ schema: optionsSchema, value: { decay }, code: 'TRAIN_OPTION', name: 'ema' })
  return {
    stage: 'weights',
    onTrainBegin(training) {
      if (training.ema) throw secondEmaError()
      training.ema = new WeightEma(modelVariables(training.model), decay)
      training.checkpointVariables.set('average', training.ema.variables)
    },
    onStepEnd({ step }, training) {
      training.ema?.update(step)
    },
    dispose(training) {
      if (training.state.step > 0) training.ema?.applyTo(modelVariables(training.model))
      training.ema?.dispose()
      training.ema = undefined
    },
  }
}

function secondEmaError(): FacekpError {
  return new FacekpError({
    code: 'TRAIN_OPTION',
    problem: 'the training has two ema callbacks',
    received: '2',
    expected: 'either option emaDecay or one callback ema',
  })
}
