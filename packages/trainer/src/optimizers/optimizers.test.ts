import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adam } from './adam.ts'
import { createOptimizer, type OptimizerSettings } from './create-optimizer.ts'
import { sgd } from './sgd.ts'
import { appliesWeightDecay } from './weight-decay.ts'

interface Weights {
  readonly kernel: number[][]
  readonly bias: number[]
}

interface Golden {
  readonly start: Weights
  readonly gradients: readonly Weights[]
  readonly rates: readonly number[]
  readonly weightDecay: number
  readonly after: Readonly<Record<string, readonly Weights[]>>
}

// PyTorch's numbers, made by golden.py.
const golden: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')).optimizers
const { weightDecay } = golden

beforeAll(() => tf.setBackend('cpu'))

const variables = (): [tf.Variable, tf.Variable] =>
  tf.tidy(() => [tf.variable(tf.tensor2d(golden.start.kernel)), tf.variable(tf.tensor1d(golden.start.bias))])

/** Kernel and bias after each step. */
function weightsAfter(settings: OptimizerSettings, toRates: (rate: number) => number | number[]): number[][][] {
  const weights = variables()
  const before = tf.memory().numTensors
  const optimizer = createOptimizer(settings)
  const after = golden.gradients.map(({ kernel, bias }, i) => {
    const gradients = [tf.tensor2d(kernel), tf.tensor1d(bias)]
    optimizer.apply(weights, gradients, toRates(golden.rates[i] as number))
    tf.dispose(gradients)
    return weights.map((weight) => [...weight.dataSync()])
  })
  expect(optimizer.steps).toBe(golden.gradients.length)
  optimizer.dispose()
  expect(tf.memory().numTensors).toBe(before)
  return after
}

describe.each<[string, OptimizerSettings]>([
  ['adam', { kind: 'adam' }],
  ['adamw', { kind: 'adam', weightDecay }],
  ['sgd', { kind: 'sgd', momentum: 0 }],
  ['momentum', { kind: 'sgd' }],
  ['nesterov', { kind: 'sgd', momentum: 0.8, nesterov: true }],
  ['decayed', { kind: 'sgd', weightDecay }],
])('%s', (name, settings) => {
  test('updates weights as PyTorch does, with a changing learning rate and no decay of a bias', () => {
    for (const [i, weights] of weightsAfter(settings, (rate) => rate).entries()) {
      const expected = golden.after[name]?.[i] as Weights
      for (const [j, values] of [expected.kernel.flat(), expected.bias].entries())
        for (const [k, value] of values.entries()) expect(weights[j]?.[k]).toBeCloseTo(value, 5)
    }
  })

  test('takes a learning rate for each variable', () => {
    const both = weightsAfter(settings, (rate) => rate)
    const kernelOnly = weightsAfter(settings, (rate) => [rate, 0])
    for (const [i, [kernel, bias]] of kernelOnly.entries()) {
      expect(kernel).toEqual(both[i]?.[0])
      expect(bias).toEqual(golden.start.bias)
    }
  })

  test('continues from its slots as if it had never ended', () => {
    const [weights, others] = [variables(), variables()]
    const [whole, first, second] = [createOptimizer(settings), createOptimizer(settings), createOptimizer(settings)]
    for (const [i, { kernel, bias }] of golden.gradients.entries()) {
      const gradients = [tf.tensor2d(kernel), tf.tensor1d(bias)]
      whole.apply(weights, gradients, golden.rates[i] as number)
      const optimizer = i < 2 ? first : second
      optimizer.apply(others, gradients, golden.rates[i] as number)
      if (i !== 1) continue
      second.steps = first.steps
      for (const variable of others)
        for (const [name, slot] of Object.entries(first.getState(variable)))
          second.getState(variable)[name]?.assign(slot)
    }
    for (const [i, weight] of weights.entries()) expect(others[i]?.dataSync()).toEqual(weight.dataSync())
  })
})

test('weight decay applies to kernels', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.depthwiseConv2d({ inputShape: [4, 4, 2], kernelSize: 3 }),
      tf.layers.batchNormalization(),
      tf.layers.prelu(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1 }),
    ],
  })
  const names = model.trainableWeights.flatMap(({ name, shape }) =>
    appliesWeightDecay({ name, rank: shape.length as never }) ? [name.split('/').at(-1)?.replace(/_\d+$/, '')] : [],
  )
  expect(names).toEqual(['depthwise_kernel', 'kernel'])
})

test.each([
  [adam, { weightDecay: -1 }, 'option weightDecay of adam: expected a number of at least 0, received -1'],
  [adam, { beta1: 0.5 }, 'option beta1 of adam: expected kind, weightDecay, received an unknown name'],
  [sgd, { momentum: 1 }, 'option momentum of sgd: expected a number below 1, received 1'],
  [sgd, { weightDecay: Number.NaN }, 'option weightDecay of sgd: expected a finite number, received NaN'],
])('%p rejects %j', (make, options, message) => {
  expect(() => (make as (options: object) => unknown)(options)).toThrow(
    expect.objectContaining({ code: 'TRAIN_OPTION', message }),
  )
})
