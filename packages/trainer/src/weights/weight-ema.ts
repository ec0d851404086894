import * as tf from '@tensorflow/tfjs'
import { keptWeights } from './kept-weights.ts'
import { remembered } from './weight-snapshot.ts'

/** An exponential moving average of weights. */
export interface WeightAverage {
  /** The averages, in the order of the weights. */
  readonly variables: readonly tf.Variable[]
  /** Takes the weights in after a step, the first being 1. */
  readonly update: (step: number) => void
  /** Does some work with the averages in place of the weights. */
  readonly during: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Puts the averages in place of the weights for good. */
  readonly adopt: () => void
  readonly dispose: () => void
}

/**
 * Averages weights over the steps: a = a + (1 - d) (w - a), which leaves alone to the bit what does not change, with
 * d = min(decay, (1 + step) / (10 + step)), so that the first steps are soon forgotten. All weights of a model are to be given, the statistics of batch normalization among them: averaged along, they
 * are those of the averaged weights' activations.
 *
 * @param decay 0 to 1, such as 0.999
 *
 * Sources: Polyak and Juditsky 1992, doi:10.1137/0330046; TensorFlow's ExponentialMovingAverage with `num_updates`.
 */
export function weightAverage(weights: readonly tf.Variable[], decay: number): WeightAverage {
  const averages = keptWeights(weights)
  const { variables } = averages
  return {
    variables,
    update(step) {
      const kept = Math.min(decay, (1 + step) / (10 + step))
      for (const [i, average] of variables.entries())
        tf.tidy(() => average.assign(average.add((weights[i] as tf.Variable).sub(average).mul(1 - kept))))
    },
    async during(work) {
      const own = remembered(weights)
      averages.giveTo(weights)
      try {
        return await work()
      } finally {
        own.restore()
        own.dispose()
      }
    },
    adopt: () => averages.giveTo(weights),
    dispose: averages.dispose,
  }
}
