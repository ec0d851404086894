import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adam } from './adam.ts'

// PyTorch's numbers, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('../golden.json', import.meta.url), 'utf8')).adam

beforeAll(() => tf.setBackend('cpu'))

describe('adam', () => {
  test.each([
    { name: 'Adam', options: {}, after: golden.after },
    { name: 'AdamW', options: { weightDecay: golden.weightDecay }, after: golden.afterDecayed },
  ])('moves a weight as $name of PyTorch does, with a rate that changes', ({ options, after }) => {
    const weight = tf.tidy(() => tf.variable(tf.tensor2d(golden.start)))
    const before = tf.memory().numTensors
    const optimizer = adam(options)
    for (const [i, gradient] of golden.gradients.entries()) {
      const values = tf.tensor2d(gradient as number[][])
      optimizer.apply([weight], [values], golden.rates[i])
      values.dispose()
      const expected = after[i].flat()
      for (const [j, value] of weight.dataSync().entries()) expect(value).toBeCloseTo(expected[j], 5)
    }
    optimizer.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('leaves it to a kernel where the engine has one', () => {
    const seen: unknown[] = []
    tf.registerKernel({
      kernelName: 'FacekpAdam',
      backendName: 'cpu',
      kernelFunc: ({ inputs, attrs }) => {
        seen.push(attrs)
        const { param, gradient } = inputs as Record<'param' | 'gradient', tf.Tensor>
        return tf.add(param, gradient)
      },
    })
    const weight = tf.variable(tf.tensor1d([1, 2]))
    const optimizer = adam()
    optimizer.apply([weight], [tf.tensor1d([10, 20])], 0.5)
    expect([...weight.dataSync()]).toEqual([11, 22])
    expect(seen).toEqual([
      expect.objectContaining({ learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, beta1Power: 0.9 }),
    ])
    optimizer.dispose()
    tf.unregisterKernel('FacekpAdam', 'cpu')
  })
})
