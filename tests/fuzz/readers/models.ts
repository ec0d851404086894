import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel, saveModel } from '@facekp/models/node'
import * as tf from '@tensorflow/tfjs'
import type { FuzzReader } from '../fuzz-reader.ts'

await tf.setBackend('cpu')
const source = mkdtempSync(join(tmpdir(), 'facekp-fuzz-model-'))
const model = createSmallModel()
await saveModel(model, source)
model.dispose()
const json = readFileSync(join(source, 'model.json'))
const weights = readFileSync(join(source, 'weights.bin'))
rmSync(source, { recursive: true })

async function read(folder: string, files: { readonly json: Uint8Array; readonly weights: Uint8Array }): Promise<void> {
  writeFileSync(join(folder, 'model.json'), files.json)
  writeFileSync(join(folder, 'weights.bin'), files.weights)
  const loaded = await loadModel(folder)
  loaded.dispose()
}

export const modelTopology: FuzzReader = {
  inputs: [json],
  words: ['"units"', '"filters"', '"inbound_nodes"', '"InputLayer"', '"LSTM"', '"Lambda"', '"config"', '"Model"'],
  read: (bytes, folder) => read(folder, { json: bytes, weights }),
}

export const modelWeights: FuzzReader = {
  inputs: [weights],
  read: (bytes, folder) => read(folder, { json, weights: bytes }),
}

/** Creates a model that branches and has layers of several kinds. */
function createSmallModel(): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 1], name: 'image' })
  const convolved = tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'conv' }).apply(input)
  const normalized = tf.layers.batchNormalization({ name: 'bn' }).apply(convolved)
  const added = tf.layers.add({ name: 'add' }).apply([convolved, normalized] as tf.SymbolicTensor[])
  const mean = tf.layers.globalAveragePooling2d({ name: 'mean' }).apply(added)
  const outputs = tf.layers.dense({ units: 4, name: 'fc' }).apply(mean) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs })
}
