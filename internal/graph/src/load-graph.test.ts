import { readFileSync } from 'node:fs'
import { useBackend } from '@facekp/backend'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { loadGraph } from './load-graph.ts'
import { readGraphModel } from './read-graph-model.ts'

const MODELS = new URL('../node_modules/@vladmandic/human/models/', import.meta.url)
const BLAZEFACE = {
  json: new URL('blazeface.json', MODELS),
  sha256: {
    json: 'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f',
    bin: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72',
  },
  outputs: ['Identity', 'Identity_1', 'Identity_2', 'Identity_3'],
}
const FACEMESH = {
  json: new URL('facemesh.json', MODELS),
  sha256: {
    json: 'b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7',
    bin: '3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b',
  },
  outputs: ['Identity_2', 'Identity_1'],
}

beforeAll(async () => {
  await useBackend('wasm')
})

/** The network as TensorFlow.js itself loads it. */
function loadReference({ json }: { json: URL }): Promise<tf.GraphModel> {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(json, 'utf8'))
  const weightData = Uint8Array.from(readFileSync(new URL(json.href.replace('.json', '.bin')))).buffer
  const weightSpecs = weightsManifest.flatMap(({ weights }: { weights: tf.io.WeightsManifestEntry[] }) => weights)
  return tf.loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) })
}

describe.each([
  ['BlazeFace', BLAZEFACE, 256],
  ['FaceMesh', FACEMESH, 192],
])('%s', (_, files, side) => {
  test('gives what tf.loadGraphModel gives, for a batch too, and leaves no tensor', async () => {
    const images = [1, 2].map((seed) => tf.randomUniform<tf.Rank.R4>([1, side, side, 3], 0, 1, 'float32', seed))
    const model = await loadReference(files)
    const expected = images.map((image) => model.execute(image, files.outputs) as tf.Tensor[])
    const before = tf.memory().numTensors
    const graph = loadGraph(readGraphModel(files))
    const input = tf.concat(images)
    const outputs = graph.run(input)
    for (const [k, output] of outputs.entries()) {
      const values = await output.data()
      const parts = await Promise.all(expected.map((tensors) => tensors[k]?.data()))
      const reference = parts.flatMap((part) => [...(part as Float32Array)])
      expect(values).toHaveLength(reference.length)
      const largest = Math.max(...reference.map(Math.abs))
      const difference = Math.max(...reference.map((value, i) => Math.abs(value - (values[i] as number))))
      expect(difference / largest).toBeLessThan(1e-5)
    }
    tf.dispose([input, ...outputs])
    graph.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

test('refuses a file with another hash, and operations that it does not know', () => {
  const sha256 = { ...BLAZEFACE.sha256, bin: BLAZEFACE.sha256.json }
  expect(() => readGraphModel({ ...BLAZEFACE, sha256 })).toThrow(
    expect.objectContaining({ code: 'GRAPH_HASH', file: expect.stringContaining('blazeface.bin') }),
  )
  const antispoof = {
    json: new URL('antispoof.json', MODELS),
    sha256: {
      json: '7fd698ae1cebabbcad79d3b8b448587b0365eb7911987418231bdcf36583112a',
      bin: '4490fecb2becdb6869edc7e60f5e59962be013a8def8719b1373afb0f905c094',
    },
  }
  expect(() => readGraphModel({ ...antispoof, outputs: ['Identity'] })).toThrow(
    expect.objectContaining({ code: 'GRAPH_OPERATION' }),
  )
})
