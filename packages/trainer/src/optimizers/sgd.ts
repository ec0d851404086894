import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { type Optimizer, type OptimizerDefinition, variableLearningRate } from './optimizer.ts'
import { createSlots } from './slots.ts'
import { appliesWeightDecay } from './weight-decay.ts'

export interface SgdOptions {
  /** 0 to 1 (default 0.9). */
  readonly momentum?: number | undefined
  /** Default false. */
  readonly nesterov?: boolean | undefined
  /** At least 0 (default 0). */
  readonly weightDecay?: number | undefined
}

type SgdSettings = SgdOptions & { readonly kind: 'sgd' }

const schema = z.strictObject({
  kind: z.literal('sgd'),
  momentum: z.optional(z.number().check(z.minimum(0), z.lt(1))),
  nesterov: z.optional(z.boolean()),
  weightDecay: z.optional(z.number().check(z.nonnegative())),
})

/**
 * Creates gradient descent with momentum, as PyTorch computes it:
 *
 *     g = g + weightDecay p        v = momentum v + g
 *     p = p - lr v,  or with Nesterov's momentum  p = p - lr (g + momentum v)
 *
 * Weight decay excludes biases and normalization.
 *
 * @throws `TRAIN_OPTION` for an invalid option
 *
 * Source: Sutskever et al. 2013, http://proceedings.mlr.press/v28/sutskever13.html, in PyTorch's form.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0.9, nesterov = false, weightDecay = 0 } = parseByKind(schema, 'sgd', options)
  const velocities = createSlots(['velocity'])
  return {
    steps: 0,
    apply(variables, gradients, learningRate) {
      this.steps++
      for (const [i, variable] of variables.entries()) {
        tf.tidy(() => {
          const { velocity } = velocities.getState(variable)
          const lossGradient = gradients[i] as tf.Tensor
          const decays = weightDecay > 0 && appliesWeightDecay(variable)
          const gradient = decays ? tf.add(lossGradient, tf.mul(variable, weightDecay)) : lossGradient
          velocity.assign(tf.add(tf.mul(velocity, momentum), gradient))
          const direction = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity
          variable.assign(tf.sub(variable, tf.mul(direction, variableLearningRate(learningRate, i))))
        })
      }
    },
    getState: velocities.getState,
    dispose: velocities.dispose,
  }
}

export const sgdDefinition: OptimizerDefinition<SgdSettings> = { kind: 'sgd', schema, create: sgd }
