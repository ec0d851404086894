import * as tf from '@tensorflow/tfjs'
import { type Optimizer, rateOf } from './optimizer.ts'
import { checkedOptimizerOptions } from './optimizer-schema.ts'
import { memory } from './slots.ts'
import { decays } from './weight-decay.ts'

/**
 * Gradient descent with momentum, as PyTorch computes it:
 *
 *     g = g + weightDecay p        v = momentum v + g
 *     p = p - rate v,  or with Nesterov's look ahead  p = p - rate (g + momentum v)
 *
 * Weight decay leaves out biases and normalization.
 *
 * @param options.momentum 0 to 1, default 0.9
 * @param options.nesterov default false
 * @param options.weightDecay at least 0, default 0
 *
 * Throws `TRAIN_OPTION` for another option or such a value.
 *
 * Source: Sutskever et al. 2013, http://proceedings.mlr.press/v28/sutskever13.html, in PyTorch's form.
 */
export function sgd(
  options: {
    readonly momentum?: number | undefined
    readonly nesterov?: boolean | undefined
    readonly weightDecay?: number | undefined
  } = {},
): Optimizer {
  const { momentum = 0.9, nesterov = false, weightDecay = 0 } = checkedOptimizerOptions('sgd', options)
  const velocities = memory(['velocity'])
  return {
    steps: 0,
    apply(variables, gradients, learningRate) {
      this.steps++
      for (const [i, variable] of variables.entries()) {
        tf.tidy(() => {
          const { velocity } = velocities.of(variable)
          const given = gradients[i] as tf.Tensor
          const gradient = weightDecay > 0 && decays(variable) ? given.add(variable.mul(weightDecay)) : given
          velocity.assign(velocity.mul(momentum).add(gradient))
          const direction = nesterov ? gradient.add(velocity.mul(momentum)) : velocity
          variable.assign(variable.sub(direction.mul(rateOf(learningRate, i))))
        })
      }
    },
    getState: velocities.of,
    dispose: velocities.dispose,
  }
}
