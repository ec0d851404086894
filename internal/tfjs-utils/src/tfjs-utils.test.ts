import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { cellCenters } from './cell-centers.ts'
import { getInnermostLayers, getLayers } from './get-layers.ts'

test('getLayers flattens nested models', () => {
  const inner = tf.sequential({ layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [2] })] })
  const middle = tf.sequential({ layers: [inner, tf.layers.dense({ name: 'b', units: 2 })] })
  const model = tf.sequential({ layers: [middle, tf.layers.dense({ name: 'c', units: 2 })] })
  expect(getLayers(model).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
})

test('getInnermostLayers gives what nested models and timeDistributed apply', () => {
  const { activation, dense, timeDistributed } = tf.layers
  const inner = tf.sequential({
    layers: [dense({ name: 'a', units: 2, inputShape: [2] }), activation({ name: 'b', activation: 'relu' })],
  })
  const model = tf.sequential({
    layers: [
      timeDistributed({ inputShape: [3, 2], layer: inner }),
      tf.sequential({ layers: [timeDistributed({ inputShape: [3, 2], layer: dense({ name: 'c', units: 2 }) })] }),
      dense({ name: 'd', units: 2 }),
    ],
  })
  expect(getInnermostLayers(model).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
})

test('cellCenters are half a cell from the start, and one apart', async () => {
  expect(await cellCenters(4).array()).toEqual([0.5, 1.5, 2.5, 3.5])
})
