import * as tf from '@tensorflow/tfjs'

/** What an optimizer remembers of each variable. */
export interface Memory<Name extends string> {
  readonly of: (variable: tf.Variable) => Readonly<Record<Name, tf.Variable>>
  readonly dispose: () => void
}

/** Tensors of these names beside each variable, of its shape; zeros at first. */
export function memory<const Name extends string>(names: readonly Name[]): Memory<Name> {
  const kept = new Map<tf.Variable, Record<Name, tf.Variable>>()
  return {
    of(variable) {
      let found = kept.get(variable)
      if (!found) {
        const zeros = (): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false))
        found = Object.fromEntries(names.map((name) => [name, zeros()])) as Record<Name, tf.Variable>
        kept.set(variable, found)
      }
      return found
    },
    dispose() {
      for (const found of kept.values()) tf.dispose(Object.values(found) as tf.Variable[])
      kept.clear()
    },
  }
}
