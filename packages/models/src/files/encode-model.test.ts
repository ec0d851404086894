import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { createModel } from '../create-model.ts'
import { getPreprocessing } from '../preprocessing.ts'
import { encodeModel } from './encode-model.ts'
import { readModel } from './read-model.ts'

beforeAll(() => tf.setBackend('cpu'))

test('a model that was encoded and read predicts the same, and keeps its preprocessing', async () => {
  const preprocessing = { channels: 1, mean: [0.4], std: [0.2] } as const
  const model = createModel('heatmapNet16', { inputSize: [32, 32], numKeypoints: 2, seed: 1, preprocessing })
  const files = await encodeModel(model)
  const paths: string[] = []
  const copy = await readModel(files['model.json'], async (path) => {
    paths.push(path)
    return files['weights.bin']
  })
  expect(paths).toEqual(['weights.bin'])
  expect(getPreprocessing(copy)).toEqual(preprocessing)
  const image = tf.randomNormal([1, 32, 32, 1], 0, 1, 'float32', 1)
  const predict = (network: tf.LayersModel) => (network.predict(image) as tf.Tensor).dataSync()
  expect(predict(copy)).toEqual(predict(model))
})

test.each<[string, (create: () => tf.layers.Layer) => [tf.layers.Layer, tf.layers.Layer]]>([
  ['two layers of one name', (create) => [create(), create()]],
  [
    'a layer that stands in two nested models',
    (create) => {
      const layer = create()
      return [layer, layer]
    },
  ],
])('%s are refused: their weights could not be loaded', async (_, createPair) => {
  const createDense = () => tf.layers.dense({ name: 'same', units: 2, inputShape: [2] })
  const [first, second] = createPair(createDense).map((layer) => tf.sequential({ layers: [layer] }))
  const model = tf.sequential({ layers: [first, second] as tf.Sequential[] })
  const { numTensors } = tf.memory()
  await expect(encodeModel(model)).rejects.toMatchObject({ code: 'MODEL_NOT_WRITTEN', received: 'same/kernel' })
  expect(tf.memory().numTensors).toBe(numTensors)
  let saved: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  await expect(tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts))).rejects.toThrow('same/kernel')
})

test('an error of reading names the file', async () => {
  const json = new TextEncoder().encode('{}')
  await expect(readModel(json, async () => json, 'https://example.org/model.json')).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    file: 'https://example.org/model.json',
  })
})
