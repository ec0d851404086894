import { type Preprocessing, readPreprocessing } from '@facekp/tfjs-utils'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots } from '../../fixtures/dots.ts'
import { predict } from '../evaluation/predict.ts'
import { train } from '../loop/train.ts'

beforeAll(() => tf.setBackend('cpu'))

const GRAY: Preprocessing = { channels: 1, mean: [0.5], std: [1] }
const COLOR: Preprocessing = { channels: 3, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

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
