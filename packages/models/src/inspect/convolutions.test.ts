import { createImage } from '@facekp/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { noseNet } from '../networks/nose-net.ts'
import { convolutionFilters, featureMaps } from './convolutions.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Builds a network with two 1x1 filters, whose outputs are the ReLU of the image and of its negative. */
function createTwoFilters(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'signs',
        inputShape: [2, 3, 1],
        filters: 2,
        kernelSize: 1,
        activation: 'relu',
        weights: [tf.tensor4d([1, -1], [1, 1, 1, 2]), tf.zeros([2])],
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2 }),
    ],
  })
}

describe('convolutionFilters', () => {
  test('reads every convolution in the order of the layers', async () => {
    const model = noseNet({ seed: 2 })
    const layers = await convolutionFilters(model)
    expect(layers.map(({ weights: _, ...rest }) => rest)).toEqual([
      { name: 'conv1', height: 3, width: 3, inputs: 1, filters: 12 },
      { name: 'conv2', height: 3, width: 3, inputs: 12, filters: 24 },
      { name: 'conv3', height: 3, width: 3, inputs: 24, filters: 36 },
    ])
    expect(layers[1]?.weights).toEqual(model.getLayer('conv2').getWeights()[0]?.dataSync())
  })
})

test('convolutionFilters reads those of nested models too, whose maps featureMaps leaves out', async () => {
  const convolution = tf.layers.conv2d({ name: 'outer', inputShape: [2, 3, 1], filters: 1, kernelSize: 1 })
  const inner = tf.layers.conv2d({ name: 'inner', inputShape: [2, 3, 1], filters: 1, kernelSize: 1 })
  const model = tf.sequential({ layers: [convolution, tf.sequential({ layers: [inner] })] })
  expect((await convolutionFilters(model)).map(({ name }) => name)).toEqual(['outer', 'inner'])
  const maps = await featureMaps(model, createImage(new Float32Array(6), 3, 2, 1))
  expect(maps.map(({ name }) => name)).toEqual(['outer'])
})

describe('featureMaps', () => {
  const image = createImage(Float32Array.of(-0.5, -0.25, 0, 0.25, 0.5, 1), 3, 2, 1)

  test('computes the output of each filter after its activation', async () => {
    expect(await featureMaps(createTwoFilters(), image)).toEqual([
      {
        name: 'signs',
        height: 2,
        width: 3,
        channels: 2,
        values: Float32Array.of(0, 0.5, 0, 0.25, 0, 0, 0.25, 0, 0.5, 0, 1, 0),
      },
    ])
  })

  test('converts bytes to -0.5..0.5, and leaves no tensor behind', async () => {
    const model = createTwoFilters()
    const before = tf.memory().numTensors
    const [maps] = await featureMaps(model, createImage(Uint8Array.of(255, 255, 255, 0, 0, 0), 3, 2, 1))
    expect([...(maps?.values ?? [])]).toEqual([0.5, 0, 0.5, 0, 0.5, 0, 0, 0.5, 0, 0.5, 0, 0.5])
    expect(tf.memory().numTensors).toBe(before)
  })

  test('rejects an image of another size', async () => {
    await expect(featureMaps(noseNet(), image)).rejects.toMatchObject({
      code: 'MODEL_IMAGE',
      received: '3 x 2 x 1',
      expected: '80 x 60 x 1 (width, height, channels)',
    })
  })

  test('returns an empty list for a model without convolutions', async () => {
    const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 3, 1] })] })
    expect(await convolutionFilters(model)).toEqual([])
    expect(await featureMaps(model, image)).toEqual([])
  })
})
