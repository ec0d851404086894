import * as tf from '@tensorflow/tfjs-core'
import { WeightSnapshot } from './weight-snapshot.ts'

/**
 * An exponential moving average of weights: a = a + (1 - d) (w - a) with d = min(decay, (1 + step) / (10 + step)). The early steps
 * soon lose their influence, and a weight that does not change keeps its bits. It averages all weights of a model, also the
 * statistics of batch normalization, so that these fit the averaged weights.
 *
 * Sources: Polyak and Juditsky 1992, doi:10.1137/0330046; TensorFlow's ExponentialMovingAverage with `num_updates`.
 */
export class WeightEma {
  readonly #weights: readonly tf.Variable[]
  readonly #decay: number
  readonly #averages: WeightSnapshot

  /** @param decay 0 to 1, such as 0.999 */
  constructor(weights: readonly tf.Variable[], decay: number) {
    this.#weights = weights
    this.#decay = decay
    this.#averages = new WeightSnapshot(weights)
  }

  /** Returns the averages, in the order of the weights. */
  get variables(): readonly tf.Variable[] {
    return this.#averages.variables
  }

  /** Includes the weights after a step, the first being 1. */
  update(step: number): void {
    const decay = Math.min(this.#decay, (1 + step) / (10 + step))
    for (const [i, average] of this.variables.entries()) {
      const weight = this.#weights[i] as tf.Variable
      tf.tidy(() => average.assign(tf.add(average, tf.mul(tf.sub(weight, average), 1 - decay))))
    }
  }

  /** Runs a function while the weights hold the averages. */
  async withAveraged<Result>(run: () => Result | Promise<Result>): Promise<Result> {
    const snapshot = new WeightSnapshot(this.#weights)
    this.applyTo(this.#weights)
    try {
      return await run()
    } finally {
      snapshot.restore()
      snapshot.dispose()
    }
  }

  /** Copies the averages to variables of the same order. */
  applyTo(targets: readonly tf.Variable[]): void {
    this.#averages.copyTo(targets)
  }

  dispose(): void {
    this.#averages.dispose()
  }
}
