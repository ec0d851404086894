import * as tf from '@tensorflow/tfjs-core'

/** Kernel of a backend that returns a {@link Replayer}. It has no inputs. */
export const REPLAY_KERNEL = 'FacekpReplay'

/** A computation of tensors. What its JavaScript does must follow from the key and the shapes of the inputs alone. */
export interface Computation {
  readonly key: string
  /** Tensors that differ between runs, such as a batch. */
  readonly inputs: readonly tf.Tensor[]
  /** All variables that it reads or assigns: the same in each run, with other numbers. */
  readonly variables: readonly tf.Variable[]
  readonly compute: () => tf.Tensor[]
}

/** Runs computations; those that it has run before, without their JavaScript if it can. */
export interface Replayer {
  /** Returns what `compute` returns, and assigns the variables that it assigns. */
  run(computation: Computation): tf.Tensor[]
  /** Frees the memory of its recordings. */
  dispose(): void
}

/** Returns the replayer of the current backend, or undefined if it has none. */
export function createReplayer(): Replayer | undefined {
  const kernel = tf.getKernel(REPLAY_KERNEL, tf.getBackend())
  return kernel?.kernelFunc({ inputs: {}, backend: tf.backend() }) as unknown as Replayer | undefined
}
