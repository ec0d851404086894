import { checkFinite } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import { FINITE_FIX } from '../weights/finite-fix.ts'
import { modelVariables } from '../weights/model-variables.ts'
import { WeightSnapshot } from '../weights/weight-snapshot.ts'
import type { TrainingContext } from './training-callback.ts'

/**
 * Keeps the weights of the last epoch that were finite, with their averages. Later, weights such as the statistics of batch
 * normalization may overflow although loss and gradients stay finite.
 */
export class FiniteWeights {
  readonly #training: TrainingContext
  readonly #names: readonly string[]
  readonly #snapshot: WeightSnapshot

  /** Captures the weights. */
  constructor(training: TrainingContext) {
    const { model, ema } = training
    this.#training = training
    const names = model.weights.map(({ name }) => `weight ${name}`)
    this.#names = [...names, ...(ema ? names.map((name) => `the average of ${name}`) : [])]
    this.#snapshot = new WeightSnapshot(this.#variables)
  }

  /** Throws `WEIGHTS_NOT_FINITE` if a weight is NaN or infinite. */
  async check(): Promise<void> {
    const { state } = this.#training
    const place = `after step ${state.step} (epoch ${state.epoch.number})`
    for (const [i, variable] of this.#variables.entries()) {
      checkFinite([[this.#names[i] as string, await variable.data()]], { place, fix: FINITE_FIX })
    }
  }

  /** Captures the weights, which are finite. */
  capture(): void {
    this.#snapshot.capture()
  }

  /** Puts the captured weights back. */
  restore(): void {
    this.#snapshot.restore()
  }

  dispose(): void {
    this.#snapshot.dispose()
  }

  get #variables(): tf.Variable[] {
    const { model, ema } = this.#training
    return [...modelVariables(model), ...(ema?.variables ?? [])]
  }
}
