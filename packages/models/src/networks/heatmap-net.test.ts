import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { loadModel } from '../files/load-model.ts'
import { saveModel } from '../files/save-model.ts'
import { heatmapNet } from './heatmap-net.ts'

// Made by heatmap-net.golden.py beside this file.
const golden = JSON.parse(readFileSync(new URL('heatmap-net.golden.json', import.meta.url), 'utf8')) as {
  parameters: number
  predicted: number[]
  output: number[]
  loss: number
  gradients: { norm: number; first: number[] }[]
}
const [HEIGHT, WIDTH, POINTS, CHANNELS] = [64, 96, 3, 4]

const waves = (count: number, scale: number, phase: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(0.7 * i + phase))

const build = (): tf.LayersModel =>
  heatmapNet({ height: HEIGHT, width: WIDTH, numKeypoints: POINTS, baseChannels: CHANNELS })

/** Fills the weights by the formula of the Python script, which uses the same order. */
function fill(model: tf.LayersModel): void {
  const weights = model.trainableWeights
  for (const [number, weight] of weights.entries()) {
    const shape = weight.shape as number[]
    const [height, width, inputs, filters] = shape as [number, number, number, number]
    if (shape.length === 4) {
      const scale = Math.sqrt(4 / (height * width * inputs))
      const torch = tf.tensor4d(waves(height * width * inputs * filters, scale, number), [
        filters,
        inputs,
        height,
        width,
      ])
      weight.write(torch.transpose([2, 3, 1, 0]))
    } else {
      const gamma = weights[number - 1]?.shape.length === 4 && number < weights.length - 1
      weight.write(tf.tensor1d(waves(height, 0.2, number).map((value) => value + (gamma ? 1 : 0))))
    }
  }
}

beforeAll(() => tf.setBackend('cpu'))

describe('heatmapNet', () => {
  // One image: for several, the gradient of upsampling is wrong on backend cpu of TensorFlow.js 4.22, and correct on the others.
  const image = () => tf.tensor4d(waves(HEIGHT * WIDTH, 0.5, 0.25), [1, HEIGHT, WIDTH, 1])

  test("computes PyTorch's prediction, output, loss and gradients for the same weights", () => {
    const model = build()
    expect(
      model.trainableWeights.reduce((sum, { shape }) => sum + (shape as number[]).reduce((a, b) => a * b), 0),
    ).toBe(golden.parameters)
    fill(model)
    const close = (actual: tf.Tensor, expected: number[]): void => {
      for (const [i, value] of actual.dataSync().entries()) expect(value).toBeCloseTo(expected[i] as number, 5)
    }
    close(model.predict(image()) as tf.Tensor, golden.predicted)

    const target = tf.tensor2d(
      waves(2 * POINTS, 0.3, 0.5).map((value) => 0.5 + value),
      [1, 2 * POINTS],
    )
    const { value, grads } = tf.variableGrads(() => {
      const output = model.apply(image(), { training: true }) as tf.Tensor2D
      close(output, golden.output)
      return tf.losses.meanSquaredError(target, output).asScalar()
    })
    expect(value.dataSync()[0]).toBeCloseTo(golden.loss, 6)
    const largest = Math.max(...golden.gradients.map(({ norm }) => norm))
    expect(golden.gradients).toHaveLength(model.trainableWeights.length)
    for (const [i, { norm, first }] of golden.gradients.entries()) {
      const name = model.trainableWeights[i]?.name as string
      const key = Object.keys(grads).find((known) => known === name || known.startsWith(`${name}_`)) as string
      const gradient = grads[key] as tf.Tensor
      const torch = gradient.rank === 4 ? gradient.transpose([3, 2, 0, 1]) : gradient
      const tolerance = 1e-3 * norm + 1e-6 * largest
      expect(Math.abs((torch.norm().dataSync()[0] as number) - norm)).toBeLessThan(tolerance)
      for (const [j, actual] of torch.flatten().slice(0, first.length).dataSync().entries()) {
        expect(Math.abs(actual - (first[j] as number))).toBeLessThan(tolerance)
      }
    }
  })

  test('predicts all points in the middle of the image before training', () => {
    const model = heatmapNet({ height: 32, width: 64, numKeypoints: 2, baseChannels: 2, seed: 3 })
    for (const value of (model.predict(tf.zeros([1, 32, 64, 1])) as tf.Tensor).dataSync()) {
      expect(value).toBeCloseTo(0.5, 1)
    }
  })

  test('has the same weights for the same seed only', () => {
    const first = (seed: number) =>
      heatmapNet({ height: 32, width: 32, numKeypoints: 1, baseChannels: 2, seed }).getWeights()[0]?.dataSync()
    expect(first(3)).toEqual(first(3))
    expect(first(4)).not.toEqual(first(3))
  })

  test('has the same weights for the same seed in every version, with gray as default', () => {
    const model = heatmapNet({ height: 32, width: 32, numKeypoints: 2, baseChannels: 4, seed: 7 })
    const hash = createHash('sha256')
    for (const weight of model.getWeights())
      hash.update(Uint8Array.from(new Uint8Array(weight.dataSync().slice().buffer)))
    expect(hash.digest('hex')).toBe('160a4531b888a91d971fcd398f87d41f132d503e7a883126ed61131c5dd23734')
  })

  test('supports color images: trains a step, is saved and loaded', async () => {
    const model = heatmapNet({ inChannels: 3, height: 32, width: 32, numKeypoints: 2, baseChannels: 2, seed: 1 })
    const images = tf.tensor4d(waves(32 * 32 * 3, 0.5, 0), [1, 32, 32, 3])
    const getKernel = () => [...(model.getLayer('stem1').getWeights()[0] as tf.Tensor).dataSync()]
    const before = getKernel()
    const loss = () =>
      tf.losses.meanSquaredError(tf.zeros([1, 4]), model.apply(images, { training: true }) as tf.Tensor)
    tf.train.sgd(10).minimize(() => loss().asScalar())
    expect(getKernel()).not.toEqual(before)
    expect(getKernel().every(Number.isFinite)).toBe(true)
    const folder = await mkdtemp(join(tmpdir(), 'facekp-heatmap-'))
    try {
      await saveModel(model, join(folder, 'color'))
      const loaded = await loadModel(join(folder, 'color'))
      expect(loaded.inputs[0]?.shape).toEqual([null, 32, 32, 3])
      expect((loaded.predict(images) as tf.Tensor).dataSync()).toEqual((model.predict(images) as tf.Tensor).dataSync())
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test.each([
    ['a side that is not a multiple of 32', { height: 60, width: 96, numKeypoints: 1 }, 'height'],
    ['no point', { height: 64, width: 96, numKeypoints: 0 }, 'numKeypoints'],
    ['an odd number of channels', { height: 64, width: 96, numKeypoints: 1, baseChannels: 5 }, 'baseChannels'],
  ])('%s is an error', (_, options, name) => {
    expect(() => heatmapNet(options)).toThrow(
      expect.objectContaining({ code: 'MODEL_OPTIONS', message: expect.stringContaining(name) }),
    )
  })
})
