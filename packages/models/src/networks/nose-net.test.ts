import { readFileSync } from 'node:fs'
import { useBackend } from '@facekp/backend'
import { beforeEach, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { skipInitialization } from '../../fixtures/skip-initialization.ts'
import { noseNet } from './nose-net.ts'

// Made by nose-net.golden.py beside this file.
const golden = JSON.parse(readFileSync(new URL('nose-net.golden.json', import.meta.url), 'utf8')) as {
  parameters: number
  output: number[][]
  loss: number
  gradients: { norm: number; first: number[] }[]
}

const waves = (count: number, scale: number, phase: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(0.7 * i + phase))

// The layers' shapes in PyTorch's layout (OIHW, and [out, in] with channels first before the flattening).
const CONVS = [
  [12, 1],
  [24, 12],
  [36, 24],
] as const

/** Creates the weights of the Python script, in the layout of TensorFlow.js. */
function formulaWeights(): tf.Tensor[] {
  return tf.tidy(() => [
    ...CONVS.flatMap(([out, inputs], i) => [
      tf
        .tensor4d(waves(out * inputs * 9, 1 / Math.sqrt(inputs * 9), 2 * i), [out, inputs, 3, 3])
        .transpose([2, 3, 1, 0]),
      tf.tensor1d(waves(out, 0.1, 2 * i + 1)),
    ]),
    tf
      .tensor4d(waves(500 * 2520, 1 / Math.sqrt(2520), 6), [500, 36, 7, 10])
      .transpose([2, 3, 1, 0])
      .reshape([2520, 500]),
    tf.tensor1d(waves(500, 0.1, 7)),
    tf.tensor2d(waves(2 * 500, 1 / Math.sqrt(500), 8), [2, 500]).transpose(),
    tf.tensor1d(waves(2, 0.1, 9)),
  ])
}

/** Permutes a gradient of TensorFlow.js to PyTorch's layout. */
function toTorchLayout(gradient: tf.Tensor): tf.Tensor {
  if (gradient.rank === 4) return gradient.transpose([3, 2, 0, 1])
  if (gradient.rank === 2 && gradient.shape[0] === 2520)
    return gradient.reshape([7, 10, 36, 500]).transpose([3, 2, 0, 1])
  return gradient.rank === 2 ? gradient.transpose() : gradient
}

beforeEach(async () => {
  await tf.setBackend('cpu')
})

describe('noseNet', () => {
  test('has the shapes and parameters of the course', () => {
    const model = noseNet()
    expect(model.countParams()).toBe(1_272_050)
    expect(golden.parameters).toBe(1_272_050)
    expect(model.inputs[0]?.shape).toEqual([null, 60, 80, 1])
    expect(model.layers.slice(1).map((layer) => [layer.name, layer.outputShape, layer.countParams()])).toEqual([
      ['conv1', [null, 60, 80, 12], 120],
      ['pool1', [null, 30, 40, 12], 0],
      ['conv2', [null, 30, 40, 24], 2616],
      ['pool2', [null, 15, 20, 24], 0],
      ['conv3', [null, 15, 20, 36], 7812],
      ['pool3', [null, 7, 10, 36], 0],
      ['flatten', [null, 2520], 0],
      ['dense1', [null, 500], 1_260_500],
      ['dense2', [null, 2], 1002],
    ])
  })

  test("computes PyTorch's output, loss and gradients for the same weights", async () => {
    await useBackend('onnx') // backend cpu takes seconds for the gradients
    const model = skipInitialization(() => noseNet())
    model.setWeights(formulaWeights())
    const image = tf.tensor4d(waves(2 * 60 * 80, 0.5, 0.25), [2, 60, 80, 1])
    const target = tf.tensor2d([0.4, 0.6, 0.5, 0.55], [2, 2])

    const output = model.predict(image) as tf.Tensor2D
    output.arraySync().forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(golden.output[i]?.[j] as number, 5)
      })
    })

    const { value, grads } = tf.variableGrads(() =>
      tf.losses.meanSquaredError(target, model.apply(image, { training: true }) as tf.Tensor2D).asScalar(),
    )
    expect(value.dataSync()[0]).toBeCloseTo(golden.loss, 6)
    const names = model.trainableWeights.map((weight) => weight.name)
    golden.gradients.forEach(({ norm, first }, i) => {
      const key = Object.keys(grads).find((name) => name.startsWith(names[i] as string)) as string
      const gradient = toTorchLayout(grads[key] as tf.Tensor)
      expect(Math.abs((gradient.norm().dataSync()[0] as number) - norm)).toBeLessThan(1e-4 * norm + 1e-9)
      gradient
        .flatten()
        .slice(0, first.length)
        .dataSync()
        .forEach((actual, j) => {
          expect(Math.abs(actual - (first[j] as number))).toBeLessThan(1e-4 * norm + 1e-9)
        })
    })
  })

  test("is initialized as PyTorch's layers, and the same for the same seed only", () => {
    const values = (seed: number): Float32Array[] =>
      noseNet({ seed })
        .getWeights()
        .map((w) => w.dataSync() as Float32Array)
    const first = values(3)
    // Comparing number by number takes seconds.
    const bytes = (weights: readonly Float32Array[]) =>
      Buffer.concat(weights.map((w) => new Uint8Array(w.slice().buffer)))
    expect(bytes(values(3)).equals(bytes(first))).toBe(true)
    expect(values(4)[0]).not.toEqual(first[0])
    const fanIn = [9, 9, 108, 108, 216, 216, 2520, 2520, 500, 500]
    first.forEach((weight, i) => {
      const limit = 1 / Math.sqrt(fanIn[i] as number)
      const largest = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(largest).toBeLessThanOrEqual(limit)
      if (weight.length > 100) {
        expect(largest).toBeGreaterThan(0.95 * limit)
        // A uniform distribution's standard deviation is limit / sqrt(3).
        const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value * value, 0) / weight.length)
        expect(deviation / (limit / Math.sqrt(3))).toBeCloseTo(1, 0)
      }
    })
  })

  test('with He initialization keeps the variance through ReLU, and predicts the middle at first', () => {
    const model = noseNet({ seed: 5, initialization: 'he' })
    const weights = model.getWeights().map((w) => w.dataSync() as Float32Array)
    const deviation = (values: Float32Array): number =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
    const fanIn = [9, 108, 216, 2520]
    fanIn.forEach((inputs, layer) => {
      expect(Math.abs(deviation(weights[2 * layer] as Float32Array) / Math.sqrt(2 / inputs) - 1)).toBeLessThan(0.2)
      expect(deviation(weights[2 * layer + 1] as Float32Array)).toBe(0)
    })
    const [x, y] = (model.predict(tf.zeros([1, 60, 80, 1])) as tf.Tensor2D).dataSync()
    expect([x, y]).toEqual([0.5, 0.5])
  })
})
