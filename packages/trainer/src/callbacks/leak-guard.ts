import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import type { TrainingCallback } from './training-callback.ts'

/**
 * Ends the training with `TENSORS_LEAKED` once there are many more tensors than after the first step of this run.
 *
 * @param limit tensors above those after the first step, default 1000
 */
export function leakGuard(limit = 1000): TrainingCallback {
  let first: { readonly step: number; readonly tensors: number } | undefined
  return {
    stage: 'guard',
    onTrainBegin() {
      first = undefined
    },
    onStepEnd({ epoch, step }) {
      const tensors = tf.memory().numTensors
      first ??= { step, tensors }
      const growth = tensors - first.tensors
      if (growth <= limit) return
      const growthPerStep = (growth / (step - first.step)).toFixed(1)
      throw new FacekpError({
        code: 'TENSORS_LEAKED',
        problem: `tensors leak: at step ${step} (epoch ${epoch}) there are ${growth} more than after step ${first.step}`,
        received: `${tensors} tensors, ${growthPerStep} more a step`,
        expected: `at most ${limit} more: wrap data, loss and callbacks that create tensors in tf.tidy, or raise tensorLeakLimit`,
      })
    },
  }
}
