import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { skipInitialization } from '../../fixtures/skip-initialization.ts'
import { faceNet } from './face-net.ts'

// Made by face-net.golden.py beside this file.
const golden = JSON.parse(readFileSync(new URL('face-net.golden.json', import.meta.url), 'utf8')) as {
  shapes: number[][]
  counts: number[]
  output: number[]
}

/** Computes the pseudorandom numbers of the Python script. */
function noise(count: number, scale: number, phase: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    let h = (Math.imul(i, 0x9e3779b1) + Math.imul(phase, 0x85ebca6b)) >>> 0
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0
    h = (h ^ (h >>> 12)) >>> 0
    return scale * (h / 2 ** 31 - 1)
  })
}

// Weights in PyTorch's layout: OIHW, [out, in], and [out, channels, height, width] before the flattening.
const SHAPES = [
  [6, 1, 3, 3],
  [12, 6, 3, 3],
  [18, 12, 3, 3],
  [24, 18, 5, 5],
  [30, 24, 5, 5],
  [2048, 30, 11, 15],
  [512, 2048],
  [116, 512],
]
const CONVOLUTIONS = 5

/** Permutes PyTorch's layout to that of TensorFlow.js: [out, inputs, height, width] to [height, width, inputs, out]. */
function fromTorch(values: Float32Array, [out, inputs, height = 1, width = 1]: readonly number[]): Float32Array {
  const permuted = new Float32Array(values.length)
  let from = 0
  for (let o = 0; o < (out as number); o++) {
    for (let i = 0; i < (inputs as number); i++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          permuted[((y * width + x) * (inputs as number) + i) * (out as number) + o] = values[from++] as number
        }
      }
    }
  }
  return permuted
}

function formulaWeights(): tf.Tensor[] {
  return SHAPES.flatMap((shape, layer) => {
    const [out, inputs, height, width] = shape as [number, number, number, number]
    const fanIn = shape.slice(1).reduce((a, b) => a * b)
    const kernel = fromTorch(noise(out * fanIn, Math.sqrt(6 / fanIn), 2 * layer), shape)
    return [
      tf.tensor(kernel, layer < CONVOLUTIONS ? [height, width, inputs, out] : [fanIn, out]),
      tf.tensor(noise(out, 0.1, 2 * layer + 1)),
    ]
  })
}

let model: tf.LayersModel
beforeAll(async () => {
  await tf.setBackend('cpu')
  model = skipInitialization(() => faceNet())
})

describe('faceNet', () => {
  test("has the shapes and parameters of PyTorch's layers", () => {
    const layers = model.layers.slice(1)
    expect(layers.map(({ outputShape }) => (outputShape as number[]).slice(1))).toEqual(golden.shapes)
    expect(layers.map((layer) => layer.countParams())).toEqual(golden.counts)
    expect(model.countParams()).toBe(11_279_780)
  })

  test("computes PyTorch's output for the same weights", () => {
    model.setWeights(formulaWeights())
    const image = tf.tensor4d(noise(360 * 480, 0.5, 20), [1, 360, 480, 1])
    const largest = Math.max(...golden.output.map(Math.abs))
    for (const [i, value] of (model.predict(image) as tf.Tensor2D).dataSync().entries()) {
      expect(Math.abs(value - (golden.output[i] as number))).toBeLessThan(1e-5 * largest)
    }
  })
})
