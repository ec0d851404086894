import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import type { BackendName } from './backend.ts'
import { useBackend } from './use-backend.ts'

test('calls at once select their backends one after another', async () => {
  const names: BackendName[] = ['wasm', 'wasm', 'cpu', 'wasm']
  // A backend that starts for the first time: TensorFlow.js has one call at a time succeed.
  const backends = await Promise.all(names.map((name) => useBackend(name)))
  expect(backends.map(({ name }) => name)).toEqual(names)
  expect(tf.getBackend()).toBe('wasm')
  expect([...tf.square(tf.tensor1d([2, -3])).dataSync()]).toEqual([4, 9])
})

test('a call that fails does not hold up the next one', async () => {
  const [failed, next] = await Promise.allSettled([useBackend('webgl'), useBackend('cpu')])
  expect(failed).toMatchObject({ reason: { code: 'BACKEND_UNAVAILABLE' } })
  expect(next).toMatchObject({ value: { name: 'cpu' } })
  expect(tf.getBackend()).toBe('cpu')
})
