import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adam } from './adam.ts'

beforeAll(() => tf.setBackend('cpu'))

test('adam uses a kernel of the backend if there is one', () => {
  const receivedAttributes: unknown[] = []
  tf.registerKernel({
    kernelName: 'FacekpAdam',
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs }) => {
      receivedAttributes.push(attrs)
      const { param, gradient } = inputs as Record<'param' | 'gradient', tf.Tensor>
      return tf.add(param, gradient)
    },
  })
  const weight = tf.variable(tf.tensor1d([1, 2]))
  const optimizer = adam()
  optimizer.apply([weight], [tf.tensor1d([10, 20])], 0.5)
  expect([...weight.dataSync()]).toEqual([11, 22])
  expect(receivedAttributes).toEqual([
    expect.objectContaining({
      learningRate: 0.5,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      beta1Power: 0.9,
      decayFactor: 1,
    }),
  ])
  optimizer.dispose()
  tf.unregisterKernel('FacekpAdam', 'cpu')
})
