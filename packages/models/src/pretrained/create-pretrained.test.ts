import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { fixturePath } from '../../fixtures/tiny-nets.ts'
import { createModel as untrained } from '../create-model.ts'
import { saveModel } from '../files/save-model.ts'
import { createModel } from './create-pretrained.ts'

let scratch: string
beforeAll(async () => {
  await tf.setBackend('cpu')
  scratch = await mkdtemp(join(tmpdir(), 'facekp-pretrained-'))
})
afterAll(() => rm(scratch, { recursive: true }))

test('makes a network with the weights of a file, and reports what happened to each', async () => {
  const trained = untrained('noseNet', { seed: 1 })
  const folder = join(scratch, 'nose')
  await saveModel(trained, folder)
  const { model, loaded, missingKeys, unexpectedKeys, file } = await createModel('noseNet', { weights: folder })
  expect([loaded.length, missingKeys, unexpectedKeys, file]).toEqual([trained.weights.length, [], [], folder])
  // Comparing number by number takes seconds.
  const bytes = (network: tf.LayersModel) =>
    Buffer.concat(network.getWeights().map((weight) => new Uint8Array(weight.dataSync().slice().buffer)))
  expect(bytes(model).equals(bytes(trained))).toBe(true)
})

test('checks the options before it reads weights, and leaves no tensors behind if they do not fit', async () => {
  const before = tf.memory().numTensors
  await expect(createModel('noseNet', { numKeypoints: 2, weights: 'nobody/none' })).rejects.toMatchObject({
    code: 'MODEL_OPTIONS',
  })
  await expect(createModel('noseNet', { weights: 'nobody/none' })).rejects.toMatchObject({
    code: 'MODEL_WEIGHTS_UNKNOWN',
  })
  await expect(createModel('noseNet', { weights: fixturePath('tiny.pth') })).rejects.toMatchObject({
    code: 'MODEL_WEIGHTS_SHAPE',
  })
  expect(tf.memory().numTensors).toBe(before)
})
