import { type BackendName, useBackend } from '@facekp/backend'
import { BlurPool2D } from '@facekp/blurpool'
import { heatmapNet, noseNet } from '@facekp/models'
import { adam } from '@facekp/trainer'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'

// Networks on backends onnx and wasm have the losses, gradients and predictions of backend cpu.

const STEPS = 2

interface TrainingRun {
  readonly losses: number[]
  readonly gradients: Float32Array[]
  readonly predictions: Float32Array
}

async function trainOn(backend: BackendName, build: () => tf.LayersModel, batch: number): Promise<TrainingRun> {
  await useBackend(backend)
  const model = build()
  const shape = (model.inputs[0] as tf.SymbolicTensor).shape.slice(1) as number[]
  const outputs = (model.outputs[0] as tf.SymbolicTensor).shape[1] as number
  const images = tf.randomUniform([batch, ...shape], -0.5, 0.5, 'float32', 1)
  const points = tf.randomUniform([batch, outputs], 0, 1, 'float32', 2)
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val)
  const optimizer = adam()
  const losses: number[] = []
  let gradients: Float32Array[] = []
  for (let step = 0; step < STEPS; step++) {
    const { value, grads } = tf.variableGrads(
      () => tf.losses.meanSquaredError(points, model.apply(images, { training: true }) as tf.Tensor) as tf.Scalar,
      variables,
    )
    const list = variables.map(({ name }) => grads[name] as tf.Tensor)
    if (step === 0) gradients = list.map((gradient) => gradient.dataSync() as Float32Array)
    optimizer.apply(variables, list, 1e-4)
    losses.push(value.dataSync()[0] as number)
    tf.dispose([value, grads])
  }
  const predictions = (model.predict(images) as tf.Tensor).dataSync() as Float32Array
  optimizer.dispose()
  model.dispose()
  tf.dispose([images, points])
  return { losses, gradients, predictions }
}

/** The largest difference, relative to the largest number. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  let scale = 1e-6
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)))
    scale = Math.max(scale, Math.abs(b[i] as number))
  }
  return largest / scale
}

/**
 * A residual network without kinks: of right backends, the gradients of ReLU and of max-pooling differ by some percent where rounding errors
 * change which side or which value counts.
 */
function createSmoothNet(): tf.LayersModel {
  const initialize = (seed: number) =>
    tf.initializers.varianceScaling({ seed, mode: 'fanIn', distribution: 'normal', scale: 2 })
  const convolve = (input: tf.SymbolicTensor, filters: number, strides: number, seed: number): tf.SymbolicTensor => {
    const options = { filters, strides, kernelSize: 3, padding: 'same', kernelInitializer: initialize(seed) } as const
    const convolved = tf.layers.conv2d({ ...options, useBias: false }).apply(input)
    return tf.layers.batchNormalization().apply(convolved) as tf.SymbolicTensor
  }
  const activate = (input: tf.SymbolicTensor) =>
    tf.layers.activation({ activation: 'softplus' }).apply(input) as tf.SymbolicTensor
  const input = tf.input({ shape: [24, 20, 1] })
  const stem = activate(convolve(input, 6, 1, 1))
  const pooled = new BlurPool2D({ filterSize: 4, strides: 2 }).apply(stem) as tf.SymbolicTensor
  const branch = convolve(activate(convolve(pooled, 6, 1, 2)), 6, 1, 3)
  const residual = activate(tf.layers.add().apply([pooled, branch]) as tf.SymbolicTensor)
  const strided = activate(convolve(residual, 10, 2, 4))
  const averaged = tf.layers.averagePooling2d({ poolSize: 2 }).apply(strided)
  const outputs = tf.layers
    .dense({ units: 6, kernelInitializer: initialize(5) })
    .apply(tf.layers.flatten().apply(averaged))
  return tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor })
}

const NETWORKS = [
  { name: 'a smooth residual network', build: createSmoothNet, batch: 3, limit: 1e-5 },
  { name: 'noseNet', build: () => noseNet({ seed: 1 }), batch: 1, limit: 1e-4 },
  // Batch of one: backend cpu computes a wrong gradient of upsampling for larger ones.
  {
    name: 'heatmapNet',
    build: () => heatmapNet({ height: 32, width: 32, numKeypoints: 3, baseChannels: 4, seed: 1 }),
    batch: 1,
    limit: 1e-4,
  },
]

describe.each(NETWORKS)('$name', ({ build, batch, limit }) => {
  let expected: TrainingRun
  beforeAll(async () => {
    expected = await trainOn('cpu', build, batch)
  })

  test.each(['onnx', 'wasm'] as const)('trains and predicts on backend %s as on backend cpu', async (backend) => {
    const actual = await trainOn(backend, build, batch)
    expect(difference(actual.losses, expected.losses)).toBeLessThan(limit)
    expect(difference(actual.predictions, expected.predictions)).toBeLessThan(limit)
    expect(actual.gradients).toHaveLength(expected.gradients.length)
    const scale = Math.max(
      ...expected.gradients.map((gradient) => gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 0)),
    )
    for (const [i, gradient] of actual.gradients.entries()) {
      const reference = expected.gradients[i] as Float32Array
      const error = gradient.reduce((most, value, j) => Math.max(most, Math.abs(value - (reference[j] as number))), 0)
      expect(error / scale).toBeLessThan(limit)
    }
  })
})
