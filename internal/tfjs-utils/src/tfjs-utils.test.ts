import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { cellCenters } from './cell-centers.ts'
import { getLayers } from './get-layers.ts'

test('getLayers flattens nested models', () => {
  const inner = tf.sequential({ layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [2] })] })
  const middle = tf.sequential({ layers: [inner, tf.layers.dense({ name: 'b', units: 2 })] })
  const model = tf.sequential({ layers: [middle, tf.layers.dense({ name: 'c', units: 2 })] })
  expect(getLayers(model).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
})

test('cellCenters are half a cell from the start, and one apart', async () => {
  expect(await cellCenters(4).array()).toEqual([0.5, 1.5, 2.5, 3.5])
})
