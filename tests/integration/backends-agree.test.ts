import { useBackend } from '@facekp/backend'
import { heatmapNet, noseNet } from '@facekp/models'
import { adam } from '@facekp/trainer'
import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'

// Networks on backend onnx have the losses, gradients and predictions of backend cpu.

const STEPS = 2

interface TrainingRun {
  readonly losses: number[]
  readonly gradients: Float32Array[]
  readonly predictions: Float32Array
}

async function trainOn(backend: 'cpu' | 'onnx', build: () => tf.LayersModel, batch: number): Promise<TrainingRun> {
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

test.each([
  { name: 'noseNet', build: () => noseNet({ seed: 1 }), batch: 1 },
  // Batch of one: backend cpu computes a wrong gradient of upsampling for larger ones.
  {
    name: 'heatmapNet',
    build: () => heatmapNet({ height: 32, width: 32, numKeypoints: 3, baseChannels: 4, seed: 1 }),
    batch: 1,
  },
])('$name trains and predicts as on backend cpu', async ({ build, batch }) => {
  const expected = await trainOn('cpu', build, batch)
  const actual = await trainOn('onnx', build, batch)
  expect(difference(actual.losses, expected.losses)).toBeLessThan(1e-4)
  expect(difference(actual.predictions, expected.predictions)).toBeLessThan(1e-4)
  expect(actual.gradients).toHaveLength(expected.gradients.length)
  const scale = Math.max(
    ...expected.gradients.map((gradient) => gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 0)),
  )
  for (const [i, gradient] of actual.gradients.entries()) {
    const reference = expected.gradients[i] as Float32Array
    const error = gradient.reduce((most, value, j) => Math.max(most, Math.abs(value - (reference[j] as number))), 0)
    expect(error / scale).toBeLessThan(1e-4)
  }
})
