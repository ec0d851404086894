import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resNet } from '../networks/resnet.ts'
import { loadModel, saveModel } from './model-files.ts'

let root: string
beforeAll(async () => {
  await tf.setBackend('cpu')
  root = await mkdtemp(join(tmpdir(), 'facekp-model-'))
})
afterAll(() => rm(root, { recursive: true }))

const small = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2 }),
    ],
  })

describe('saveModel and loadModel', () => {
  test('round-trip a model, replacing an existing one and leaving no other files', async () => {
    const folder = join(root, 'round')
    await saveModel(small(), folder)
    const model = small()
    await saveModel(model, folder)
    const loaded = await loadModel(folder)
    const image = tf.randomNormal([2, 6, 6, 1], 0, 1, 'float32', 1)
    const data = (m: tf.LayersModel): number[] => Array.from((m.predict(image) as tf.Tensor).dataSync())
    expect(data(loaded)).toEqual(data(model))
    expect((await readdir(folder)).sort()).toEqual(['model.json', 'weights.bin'])
    expect(await readdir(root)).toEqual(['round'])
  })

  test('support the layers of @facekp/blurpool', async () => {
    const folder = join(root, 'blurred')
    await saveModel(
      resNet({ depth: 18, height: 64, width: 64, numKeypoints: 1, baseChannels: 1, antialias: {} }),
      folder,
    )
    expect((await loadModel(folder)).getLayer('maxblur').getClassName()).toBe('MaxBlurPool2D')
    await rm(folder, { recursive: true })
  })

  test('report the invalid file of a folder', async () => {
    const folder = join(root, 'bad')
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_MISSING', file: join(folder, 'model.json') })
    await saveModel(small(), folder)
    const weights = await readFile(join(folder, 'weights.bin'))
    await writeFile(join(folder, 'weights.bin'), weights.subarray(4))
    await expect(loadModel(folder)).rejects.toMatchObject({
      code: 'MODEL_WEIGHTS_SIZE',
      file: join(folder, 'weights.bin'),
      received: `${weights.length - 4} bytes`,
    })
    await writeFile(join(folder, 'model.json'), '{"modelTopology": {}}')
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    await writeFile(join(folder, 'model.json'), '{"modelTop')
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })
})
