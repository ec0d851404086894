import { expect, test } from '@jest/globals'
import { explainTensorflowErrors, type TensorflowBackend } from './explain-tensorflow-errors.ts'

/** Runs an operation of a backend whose library reports an error. */
function run(method: 'executeSingleOutput' | 'executeMultipleOutputs', message: string): unknown {
  const fail = (): never => {
    throw new Error(message)
  }
  const backend: TensorflowBackend = { executeSingleOutput: fail, executeMultipleOutputs: fail }
  explainTensorflowErrors(backend)
  return backend[method]('Conv2DBackpropInput', [], [])
}

// Messages of tfjs-node 4.22.
test.each([
  ['Invalid TF_Status: 3\nMessage: Conv2D has explicit padding', 'refuses its input', 'Conv2D has explicit padding'],
  ['Invalid TF_Status: 8\nMessage: OOM when allocating tensor', 'needs more memory', 'OOM when allocating tensor'],
  ['Invalid TF_Status: 12\nMessage: no kernel', 'is not implemented', 'no kernel'],
  ['Invalid TF_Status: 13\nMessage: lost', 'failed with code 13', 'lost'],
])('%j', (message, problem, received) => {
  for (const method of ['executeSingleOutput', 'executeMultipleOutputs'] as const) {
    expect(() => run(method, message)).toThrow(expect.objectContaining({ code: 'TENSORFLOW_RUN', received }))
    expect(() => run(method, message)).toThrow(`operation Conv2DBackpropInput of backend tensorflow ${problem}`)
  }
})

test('other errors stay as they are', () => {
  expect(() => run('executeSingleOutput', 'broken')).toThrow(/^broken$/)
})

test('an operation that succeeds keeps its arguments, its result and its backend', () => {
  const backend = {
    executeSingleOutput: (name: string, ...rest: readonly unknown[]) => [name, ...rest],
    executeMultipleOutputs(name: string): unknown {
      return [this, name]
    },
  }
  explainTensorflowErrors(backend)
  // A second call changes nothing.
  const { executeSingleOutput } = backend
  explainTensorflowErrors(backend)
  expect(backend.executeSingleOutput).toBe(executeSingleOutput)
  expect(backend.executeSingleOutput('Abs', 1, 2)).toEqual(['Abs', 1, 2])
  expect(backend.executeMultipleOutputs('Split')).toEqual([backend, 'Split'])
})
