import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImage } from '@facekp/core'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { createModel, listModels } from './create-model.ts'
import { loadModel } from './files/load-model.ts'
import { saveModel } from './files/save-model.ts'
import { featureModel } from './inspect/feature-model.ts'
import { heatmapNet } from './networks/heatmap-net.ts'
import {
  adaptPreprocessing,
  GRAY,
  getPreprocessing,
  IMAGENET,
  preprocessImage,
  setPreprocessing,
} from './preprocessing.ts'
import { WEIGHT_SOURCES } from './pretrained/weight-sources.ts'
import { foldBatchNorm } from './transform/fold-batch-norm.ts'

let root: string
beforeAll(async () => {
  await tf.setBackend('cpu')
  root = await mkdtemp(join(tmpdir(), 'facekp-preprocessing-'))
})
afterAll(() => rm(root, { recursive: true }))

const small = (inChannels: 1 | 3 = 1): tf.LayersModel =>
  heatmapNet({ inChannels, height: 32, width: 32, numKeypoints: 1, baseChannels: 2 })
const color = { channels: 3, mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] } as const

describe('preprocessImage', () => {
  // Made by Python, where torchvision's Normalize computes the same in float32:
  //   from struct import pack, unpack
  //   x, m, s = [0, 128, 255, 17, 64, 200], [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
  //   print([unpack('f', pack('f', (v / 255 - m[i % 3]) / s[i % 3]))[0] for i, v in enumerate(x)])
  const expected = [
    -2.1179039478302, 0.20518207550048828, 2.640000104904175, -1.8267830610275269, -0.9152660965919495,
    1.681394338607788,
  ]

  test("gives torchvision's numbers for color bytes", () => {
    const image = createImage(Uint8Array.of(0, 128, 255, 17, 64, 200), 2, 1, 3)
    const values = preprocessImage(image, IMAGENET)
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] as number, 6)
  })

  test('gives value / 255 - 0.5 by default, bit for bit', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value)
    const values = preprocessImage(createImage(bytes, 16, 16, 1), GRAY)
    expect(values).toEqual(Float32Array.from(bytes, (value) => value / 255 - 0.5))
  })

  test('returns real numbers as they are', () => {
    const image = createImage(Float32Array.of(3, -4), 2, 1, 1)
    expect(preprocessImage(image, IMAGENET)).toBe(image.data)
  })

  test('rejects bytes with another number of channels', () => {
    const image = createImage(Uint8Array.of(1, 2), 2, 1, 1)
    expect(() => preprocessImage(image, IMAGENET)).toThrow(expect.objectContaining({ code: 'MODEL_PREPROCESSING' }))
  })
})

test('adaptPreprocessing averages color to gray and repeats gray to color', () => {
  const { channels, mean, std } = adaptPreprocessing(IMAGENET, 1)
  expect([channels, mean.length, std.length]).toEqual([1, 1, 1])
  expect(mean[0]).toBeCloseTo(0.449, 12)
  expect(std[0]).toBeCloseTo(0.226, 12)
  expect(adaptPreprocessing(GRAY, 3)).toEqual({ channels: 3, mean: [0.5, 0.5, 0.5], std: [1, 1, 1] })
})

describe('a model', () => {
  test('has the default of its channels, and is listed with one', () => {
    expect(getPreprocessing(small())).toEqual(GRAY)
    expect(getPreprocessing(small(3))).toEqual({ channels: 3, mean: [0.5, 0.5, 0.5], std: [1, 1, 1] })
    for (const { preprocessing } of listModels()) expect(preprocessing).toEqual(GRAY)
    for (const { preprocessing } of WEIGHT_SOURCES) expect(preprocessing).toEqual(IMAGENET)
  })

  test('takes the preprocessing of createModel', () => {
    const options = { inputSize: 32, numKeypoints: 1, inChannels: 3 }
    expect(getPreprocessing(createModel('heatmapNet16', { ...options, preprocessing: color }))).toEqual(color)
    expect(() => createModel('heatmapNet16', { ...options, preprocessing: GRAY })).toThrow(
      expect.objectContaining({ code: 'MODEL_PREPROCESSING' }),
    )
  })

  test('keeps it, and other metadata, when folded, cut, saved and loaded', async () => {
    const model = small(3)
    model.setUserDefinedMetadata({ note: 'mine' })
    setPreprocessing(model, color)
    const expected = { note: 'mine', preprocessing: color }
    expect(foldBatchNorm(model).getUserDefinedMetadata()).toEqual(expected)
    expect(featureModel(model, ['heatmaps']).getUserDefinedMetadata()).toEqual(expected)
    const folder = join(root, 'model')
    await saveModel(model, folder)
    const loaded = await loadModel(folder)
    expect(loaded.getUserDefinedMetadata()).toEqual(expected)
    await saveModel(loaded, folder)
    expect(getPreprocessing(await loadModel(folder))).toEqual(color)
  })

  test.each<[string, unknown]>([
    ['no object', 'gray'],
    ['channels of another model', GRAY],
    ['a mean too few', { ...color, mean: [0.5] }],
    ['a std of 0', { ...color, std: [1, 0, 1] }],
    ['an unknown field', { ...color, scale: 2 }],
  ])('with %s is an error', async (_, preprocessing) => {
    const model = small(3)
    model.setUserDefinedMetadata({ preprocessing } as object)
    const error = expect.objectContaining({ name: 'FacekpError', code: 'MODEL_PREPROCESSING' })
    expect(() => getPreprocessing(model)).toThrow(error)
    const folder = join(root, 'malformed')
    await saveModel(model, folder)
    await expect(loadModel(folder)).rejects.toEqual(error)
  })

  test('of another number of channels and without metadata is an error', () => {
    const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2, 4] })] })
    expect(() => getPreprocessing(model)).toThrow(expect.objectContaining({ code: 'MODEL_PREPROCESSING' }))
  })

  test('whose file has metadata that is not an object is invalid', async () => {
    const folder = join(root, 'text')
    await saveModel(small(), folder)
    const file = join(folder, 'model.json')
    const json = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ ...json, userDefinedMetadata: 'text' }))
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })
})
