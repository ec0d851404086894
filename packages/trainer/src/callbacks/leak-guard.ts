import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'

/**
 * To be called after each step: throws `TENSORS_LEAKED` once there are over `limit` tensors more than after the first.
 */
export function leakGuard(limit: number): (at: { readonly epoch: number; readonly step: number }) => void {
  let first: { readonly step: number; readonly tensors: number } | undefined
  return ({ epoch, step }) => {
    const tensors = tf.memory().numTensors
    first ??= { step, tensors }
    const growth = tensors - first.tensors
    if (growth <= limit) return
    throw new FacekpError({
      code: 'TENSORS_LEAKED',
      problem: `tensors are left behind: at step ${step} (epoch ${epoch}) there are ${growth} more than after step ${first.step}`,
      received: `${tensors} tensors, ${(growth / (step - first.step)).toFixed(1)} more a step`,
      expected: `at most ${limit} more: what makes tensors in data, loss or listeners disposes of them, such as within tf.tidy; else a larger tensorLeakLimit`,
    })
  }
}
