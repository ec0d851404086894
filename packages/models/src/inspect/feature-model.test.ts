import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resNet } from '../networks/resnet.ts'
import { featureModel } from './feature-model.ts'

beforeAll(() => tf.setBackend('cpu'))

test('outputs the maps of layers, in the order of the names', () => {
  const model = resNet({ depth: 18, height: 64, width: 32, numKeypoints: 1, baseChannels: 2 })
  const maps = featureModel(model, ['layer4.1.relu', 'relu'])
  const image = tf.ones([1, 64, 32, 1])
  const [coarse, fine] = maps.predict(image) as [tf.Tensor, tf.Tensor]
  expect([coarse.shape, fine.shape]).toEqual([
    [1, 2, 1, 16],
    [1, 32, 16, 2],
  ])
  // The head of this network is the mean of the last maps, times weights, plus 0.5.
  const [kernel, bias] = model.getLayer('fc').getWeights() as [tf.Tensor2D, tf.Tensor1D]
  const expected = (model.predict(image) as tf.Tensor).dataSync()
  const actual = coarse.mean([1, 2]).matMul(kernel).add(bias).dataSync()
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i] as number, 5)
})

test('rejects an unknown layer and lists the known ones', () => {
  const model = tf.sequential({ layers: [tf.layers.flatten({ name: 'flat', inputShape: [2, 2] })] })
  expect(() => featureModel(model, ['flat', 'round'])).toThrow(
    expect.objectContaining({ code: 'MODEL_LAYER', received: 'round', expected: expect.stringContaining('flat') }),
  )
})
