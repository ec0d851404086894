import { ADAM_KERNEL, type AdamAttributes } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { type Optimizer, rateOf } from './optimizer.ts'
import { checkedOptimizerOptions } from './optimizer-schema.ts'
import { type Memory, memory } from './slots.ts'
import { decays } from './weight-decay.ts'

const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8]

/**
 * Adam as PyTorch computes it (tf.train.adam adds epsilon before the correction of the second moment):
 *
 *     m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g²
 *     p = p - rate * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon),   b1 = 0.9, b2 = 0.999, epsilon = 1e-8
 *
 * With `weightDecay` it is AdamW: before each step p = p - rate * weightDecay * p, but for biases and normalization.
 *
 * A backend that has a kernel `FacekpAdam` (wasm and webgpu by `@facekp/backend`, and `@facekp/backend-onnx`) does all of it in one pass.
 *
 * @param options.weightDecay at least 0 (default 0: plain Adam)
 *
 * Throws `TRAIN_OPTION` for another option or such a value.
 *
 * Sources: Kingma and Ba 2015, arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101.
 */
export function adam(options: { readonly weightDecay?: number | undefined } = {}): Optimizer {
  const { weightDecay = 0 } = checkedOptimizerOptions('adam', options)
  const moments = memory(['m', 'v'])
  return {
    steps: 0,
    apply(variables, gradients, learningRate) {
      this.steps++
      const [beta1Power, beta2Power] = [BETA_1 ** this.steps, BETA_2 ** this.steps]
      const step = tf.getKernel(ADAM_KERNEL, tf.getBackend()) ? fusedStep : plainStep
      for (const [i, variable] of variables.entries()) {
        const rate = rateOf(learningRate, i)
        const moved = step(variable, moments.of(variable), gradients[i] as tf.Tensor, {
          learningRate: rate,
          beta1: BETA_1,
          beta2: BETA_2,
          epsilon: EPSILON,
          decayFactor: decays(variable) ? 1 - rate * weightDecay : 1,
          beta1Power,
          beta2Power,
        })
        variable.assign(moved)
        moved.dispose()
      }
    },
    getState: moments.of,
    dispose: moments.dispose,
  }
}

type Moments = ReturnType<Memory<'m' | 'v'>['of']>

type Step = (param: tf.Variable, moments: Moments, gradient: tf.Tensor, rates: AdamAttributes) => tf.Tensor

const fusedStep: Step = (param, { m, v }, gradient, rates) =>
  tf.engine().runKernel(ADAM_KERNEL, { param, m, v, gradient }, { ...rates }) as tf.Tensor

const plainStep: Step = (param, { m, v }, gradient, rates) =>
  tf.tidy(() => {
    m.assign(m.mul(rates.beta1).add(gradient.mul(1 - rates.beta1)))
    v.assign(v.mul(rates.beta2).add(gradient.square().mul(1 - rates.beta2)))
    const direction = m.div(1 - rates.beta1Power).div(
      v
        .div(1 - rates.beta2Power)
        .sqrt()
        .add(rates.epsilon),
    )
    return param.mul(rates.decayFactor).sub(direction.mul(rates.learningRate))
  })
