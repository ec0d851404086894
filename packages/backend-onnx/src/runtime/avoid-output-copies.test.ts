import { createRequire } from 'node:module'
import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '../register.ts'
import { Graph } from '../onnx/graph.ts'
import { avoidOutputCopies, isStopError, STOP_OUTPUT } from './avoid-output-copies.ts'
import { runtime } from './onnxruntime.ts'

const require = createRequire(import.meta.url)

/** Makes a model that squares its input. */
function makeModel(avoidsCopies: boolean): { readonly model: Uint8Array; readonly result: string } {
  const graph = new Graph()
  const x = graph.addInput('x', 'float32', [3])
  if (avoidsCopies) avoidOutputCopies(graph)
  const result = graph.addNode('Mul', [x, x])
  graph.addOutput(result, 'float32', [3])
  return { model: graph.toModel(), result }
}

const { Tensor } = runtime()
const x = new Tensor('float32', Float32Array.of(1, 2, 3), [3])

test.each([true, false])(
  'results are written into the memory of the caller, with copies avoided: %p',
  (avoidsCopies) => {
    const { model, result } = makeModel(avoidsCopies)
    const session = runtime().createSession(model, { threads: 1, provider: 'cpu' })
    const numbers = new Float32Array(3)
    session.run({ x }, { [result]: new Tensor('float32', numbers, [3]) })
    session.dispose()
    expect([...numbers]).toEqual([1, 4, 9])
  },
)

// If this fails because a release no longer copies results, avoid-output-copies.ts can be deleted.
test('the binding copies results, and stops at a type without an array', () => {
  const { binding } = require('onnxruntime-node/dist/binding.js')
  const run = (
    avoidsCopies: boolean,
  ): { readonly numbers: Float32Array; readonly results: Record<string, unknown> } => {
    const { model, result } = makeModel(avoidsCopies)
    const session = new binding.InferenceSession()
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, {})
    const numbers = new Float32Array(3)
    const fetches = { [STOP_OUTPUT]: null, [result]: new Tensor('float32', numbers, [3]) }
    return { numbers, results: session.run({ x }, fetches, {}) }
  }
  const { numbers, results } = run(false)
  const [copy] = Object.values(results) as [{ readonly data: Float32Array }]
  expect([...copy.data]).toEqual([...numbers])
  expect(copy.data.buffer).not.toBe(numbers.buffer)
  let caught: unknown
  try {
    run(true)
  } catch (error) {
    caught = error
  }
  expect(isStopError(caught)).toBe(true)
})

test('other errors of the runtime are not the stop error', () => {
  expect(isStopError(new Error('Tensor type (17) is not supported.'))).toBe(false)
})

test('an operation that fails does not affect large results of the same graph', async () => {
  await tf.setBackend('onnx')
  const outOfRange = tf.add(tf.tensor1d([4], 'int32'), tf.scalar(1, 'int32')) as tf.Tensor1D
  const failing = tf.gather(tf.ones([2, 40_000]), outOfRange)
  const large = tf.add(tf.ones([200, 200]), 1)
  await expect(failing.data()).rejects.toThrow(/out of data bounds/)
  expect((await large.data()).every((number) => number === 2)).toBe(true)
})
