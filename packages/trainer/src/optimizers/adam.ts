import { ADAM_KERNEL, type AdamAttributes } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { type Optimizer, type OptimizerDefinition, variableLearningRate } from './optimizer.ts'
import { createSlots, type Slots } from './slots.ts'
import { appliesWeightDecay } from './weight-decay.ts'

export interface AdamOptions {
  /** At least 0 (default 0: Adam without decay). */
  readonly weightDecay?: number | undefined
}

type AdamSettings = AdamOptions & { readonly kind: 'adam' }

const schema = z.strictObject({ kind: z.literal('adam'), weightDecay: z.optional(z.number().check(z.nonnegative())) })

const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-8

/**
 * Creates Adam as PyTorch computes it (tf.train.adam adds epsilon before it corrects the second moment):
 *
 *     m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g²
 *     p = p - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon),   b1 = 0.9, b2 = 0.999, epsilon = 1e-8
 *
 * With `weightDecay` it is AdamW: before each step p = p - lr weightDecay p, except for biases and normalization. A backend with a
 * kernel `FacekpAdam` does all of it in one pass: wasm and webgpu by `@facekp/backend`, and `@facekp/backend-onnx`.
 *
 * @throws `TRAIN_OPTION` for an invalid option
 *
 * Sources: Kingma and Ba 2015, arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { weightDecay = 0 } = parseByKind(schema, 'adam', options)
  const moments = createSlots(['m', 'v'])
  return {
    steps: 0,
    apply(variables, gradients, learningRate) {
      this.steps++
      const beta1Power = BETA_1 ** this.steps
      const beta2Power = BETA_2 ** this.steps
      const step = tf.getKernel(ADAM_KERNEL, tf.getBackend()) ? fusedStep : plainStep
      for (const [i, variable] of variables.entries()) {
        const rate = variableLearningRate(learningRate, i)
        const updated = step(variable, moments.getState(variable), gradients[i] as tf.Tensor, {
          learningRate: rate,
          beta1: BETA_1,
          beta2: BETA_2,
          epsilon: EPSILON,
          decayFactor: appliesWeightDecay(variable) ? 1 - rate * weightDecay : 1,
          beta1Power,
          beta2Power,
        })
        variable.assign(updated)
        updated.dispose()
      }
    },
    getState: moments.getState,
    dispose: moments.dispose,
  }
}

type Moments = ReturnType<Slots<'m' | 'v'>['getState']>

type Step = (param: tf.Variable, moments: Moments, gradient: tf.Tensor, attributes: AdamAttributes) => tf.Tensor

const fusedStep: Step = (param, { m, v }, gradient, attributes) =>
  tf.engine().runKernel(ADAM_KERNEL, { param, m, v, gradient }, { ...attributes }) as tf.Tensor

const plainStep: Step = (param, { m, v }, gradient, attributes) =>
  tf.tidy(() => {
    m.assign(tf.add(tf.mul(m, attributes.beta1), tf.mul(gradient, 1 - attributes.beta1)))
    v.assign(tf.add(tf.mul(v, attributes.beta2), tf.mul(tf.square(gradient), 1 - attributes.beta2)))
    const direction = tf.div(
      tf.div(m, 1 - attributes.beta1Power),
      tf.add(tf.sqrt(tf.div(v, 1 - attributes.beta2Power)), attributes.epsilon),
    )
    return tf.sub(tf.mul(param, attributes.decayFactor), tf.mul(direction, attributes.learningRate))
  })

export const adamDefinition: OptimizerDefinition<AdamSettings> = { kind: 'adam', schema, create: adam }
