import * as tf from '@tensorflow/tfjs-core'

/** Runs a function; if it throws, disposes of the variables that it created, which belong to no model yet. */
export function disposeVariablesOnError<Result>(run: () => Result): Result {
  const { registeredVariables } = tf.engine().state
  const before = new Set(Object.keys(registeredVariables))
  try {
    return run()
  } catch (error) {
    for (const [name, variable] of Object.entries(registeredVariables)) if (!before.has(name)) variable.dispose()
    throw error
  }
}
