import { useBackend } from '@facekp/backend'
import { beforeAll, expect, test } from '@jest/globals'
import type * as tf from '@tensorflow/tfjs'
import { copyWeights, createComparedNetwork } from './create-compared-network.ts'

beforeAll(() => useBackend('cpu'))

test('head flattened has a dense layer on all values of the last maps, and takes the weights of the plain network', () => {
  const options = { size: 64, numKeypoints: 3 }
  const plain = createComparedNetwork({ head: 'flattened', network: 'plain', seed: 0 }, options)
  const antialiased = createComparedNetwork({ head: 'flattened', network: 'antialiased', seed: 1 }, options)
  expect(
    antialiased
      .getLayer('fc')
      .getWeights()
      .map(({ shape }) => shape),
  ).toEqual([[2 * 2 * 512, 6], [6]])
  expect(antialiased.layers.some((layer) => layer.getClassName() === 'BlurPool2D')).toBe(true)
  expect(plain.layers.some((layer) => layer.getClassName() === 'BlurPool2D')).toBe(false)

  const first = (model: tf.LayersModel, layer: string): number[] => [
    ...(model.getLayer(layer).getWeights()[0] as tf.Tensor).dataSync().slice(0, 5),
  ]
  expect(first(antialiased, 'layer3.0.conv1')).not.toEqual(first(plain, 'layer3.0.conv1'))
  copyWeights(plain, antialiased)
  for (const layer of ['conv1', 'layer3.0.conv1', 'layer4.0.downsample.0', 'fc']) {
    expect(first(antialiased, layer)).toEqual(first(plain, layer))
  }
})
