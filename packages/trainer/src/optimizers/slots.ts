import * as tf from '@tensorflow/tfjs-core'

/** Tensors that an optimizer keeps for each variable. */
export interface Slots<Name extends string> {
  /** Returns the slots of a variable, of its shape; zeros at first. */
  readonly getState: (variable: tf.Variable) => Readonly<Record<Name, tf.Variable>>
  readonly dispose: () => void
}

/** Creates slots of these names. */
export function createSlots<const Name extends string>(names: readonly Name[]): Slots<Name> {
  const slots = new Map<tf.Variable, Record<Name, tf.Variable>>()
  return {
    getState(variable) {
      let state = slots.get(variable)
      if (!state) {
        const zeros = (): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false))
        state = Object.fromEntries(names.map((name) => [name, zeros()])) as Record<Name, tf.Variable>
        slots.set(variable, state)
      }
      return state
    },
    dispose() {
      for (const state of slots.values()) tf.dispose(Object.values(state) as tf.Variable[])
      slots.clear()
    },
  }
}
