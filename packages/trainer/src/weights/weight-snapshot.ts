import * as tf from '@tensorflow/tfjs-core'

/** A copy of weights. TensorFlow.js shares the numbers until the weights change, so taking one costs no memory at first. */
export class WeightSnapshot {
  /** The copies, in the order of the weights. */
  readonly variables: readonly tf.Variable[]
  readonly #weights: readonly tf.Variable[]

  /** Captures the weights. */
  constructor(weights: readonly tf.Variable[]) {
    this.#weights = weights
    this.variables = weights.map((weight) => tf.tidy(() => tf.variable(weight.clone(), false)))
  }

  /** Copies the current weights. */
  capture(): void {
    assignAll(this.variables, this.#weights)
  }

  /** Puts the copies back into the weights. */
  restore(): void {
    this.copyTo(this.#weights)
  }

  /** Copies the captured weights to other variables of the same order. */
  copyTo(targets: readonly tf.Variable[]): void {
    assignAll(targets, this.variables)
  }

  dispose(): void {
    tf.dispose([...this.variables])
  }
}

function assignAll(targets: readonly tf.Variable[], values: readonly tf.Variable[]): void {
  for (const [i, target] of targets.entries()) target.assign(values[i] as tf.Variable)
}
