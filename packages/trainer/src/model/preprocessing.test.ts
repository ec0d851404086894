import { createImage } from '@facekp/core'
import { type Preprocessing, readPreprocessing } from '@facekp/tfjs-utils'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots } from '../../fixtures/dots.ts'
import { predict } from '../evaluation/predict.ts'
import { train } from '../loop/train.ts'
import { preprocessImage } from './preprocessing.ts'

beforeAll(() => tf.setBackend('cpu'))

const GRAY: Preprocessing = { channels: 1, mean: [0.5], std: [1] }
const COLOR: Preprocessing = { channels: 3, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const allBytes = Uint8Array.from({ length: 256 }, (_, value) => value)
const colors = createImage(Uint8Array.of(255, 0, 0, 10, 200, 30), 2, 1, 3)

describe('preprocessImage', () => {
  test('computes (value / 255 - mean) / std as float32', () => {
    // import numpy as np
    // x = np.array([255, 0, 0, 10, 200, 30]).reshape(2, 3)
    // print(np.float32((x / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).ravel().tolist())
    const expected = [
      2.248908281326294, -2.0357143878936768, -1.804444432258606, -1.946656346321106, 1.465686321258545,
      -1.2815686464309692,
    ]
    expect([...preprocessImage(colors, COLOR).data]).toEqual(expected)
  })

  test('equals value / 255 - 0.5, bit by bit, for gray with mean 0.5 and std 1, as without metadata', () => {
    const image = createImage(allBytes, 16, 16, 1)
    const expected = Float32Array.from(allBytes, (value) => value / 255 - 0.5)
    expect(preprocessImage(image, GRAY).data).toEqual(expected)
    expect(preprocessImage(image, undefined).data).toEqual(expected)
  })

  test('converts color to gray by Rec. 601, as PIL does', () => {
    // from PIL import Image
    // [Image.new('RGB', (1, 1), color).convert('L').getpixel((0, 0)) for color in [(255, 0, 0), (10, 200, 30)]] # [76, 124]
    const { channels, data } = preprocessImage(colors, GRAY)
    expect(channels).toBe(1)
    expect(data).toEqual(Float32Array.of(76 / 255 - 0.5, 124 / 255 - 0.5))
  })

  test('repeats gray in each channel of color', () => {
    const { channels, data } = preprocessImage(createImage(Uint8Array.of(51), 1, 1, 1), COLOR)
    expect(channels).toBe(3)
    expect(data).toEqual(Float32Array.of((0.2 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (0.2 - 0.406) / 0.225))
  })

  test('takes real numbers as normalized', () => {
    const image = createImage(Float32Array.of(3, -4), 2, 1, 1)
    expect(preprocessImage(image, COLOR)).toEqual(image)
  })
})

describe('the preprocessing of a model', () => {
  test('changes the predictions and nothing else', async () => {
    const model = dotNet()
    const without = await predict(model, dots(2))
    model.setUserDefinedMetadata({ preprocessing: GRAY })
    expect(readPreprocessing(model)).toEqual(GRAY)
    expect((await predict(model, dots(2))).predictions).toEqual(without.predictions)
    model.setUserDefinedMetadata({ preprocessing: { ...GRAY, std: [0.25] } })
    expect((await predict(model, dots(2))).errorPx).not.toBe(without.errorPx)
  })

  test.each<[unknown, string, string, string]>([
    ['gray', 'fields of preprocessing of', 'an object', "'gray'"],
    [{ ...GRAY, std: [0] }, 'field std[0] of preprocessing of', 'a number above 0', '0'],
    [
      { ...GRAY, mean: [] },
      'fields of preprocessing of',
      'one mean and one std per channel',
      '{"channels":1,"mean":[],"std":[1]}',
    ],
    [{ ...GRAY, scale: 2 }, 'field scale of preprocessing of', 'channels, mean, std', 'an unknown name'],
    [COLOR, 'has the wrong number of input channels', '3, as its preprocessing', '1'],
  ])('%j is an error of predict and train', async (preprocessing, problem, expected, received) => {
    const model = dotNet()
    model.setUserDefinedMetadata({ preprocessing } as object)
    const error = {
      code: 'MODEL_PREPROCESSING',
      problem: expect.stringContaining(problem),
      expected,
      received,
    }
    await expect(predict(model, dots(1))).rejects.toMatchObject(error)
    const options = { train: dots(1), epochs: 1, batchSize: 1, learningRate: 0.1 }
    await expect(train({ ...options, model })).rejects.toMatchObject(error)
  })
})
