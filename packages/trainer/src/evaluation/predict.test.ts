import { type Keypoints, mapDataset, type Sample, type SampleLoader, subset, toSourcePoints } from '@facekp/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { wingLoss } from '../losses/wing-loss.ts'
import { predict } from './predict.ts'

beforeAll(() => tf.setBackend('cpu'))

const LOSS = 'a loss: { kind, ...options }, or what a loss function such as wingLoss() returns'

/** Creates a network that predicts (0.25, 0.5) for any image. */
function constantNet(): tf.LayersModel {
  const dense = tf.layers.dense({ units: 2, kernelInitializer: 'zeros' })
  const model = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }), dense],
  })
  dense.setWeights([tf.zeros([WIDTH * HEIGHT, 2]), tf.tensor1d([0.25, 0.5])])
  return model
}

describe('predict', () => {
  test('gives points in the image, errors in the original, and the mean squared error, by hand', async () => {
    const dataset = dots(3)
    const { predictions, errorPx, loss } = await predict(constantNet(), dataset, { batchSize: 2 })
    const [x, y] = [0.25 * WIDTH - 0.5, 0.5 * HEIGHT - 0.5]
    const errors: number[] = []
    let squares = 0
    for (const [i, face] of predictions.entries()) {
      const sample = await dataset.get(i)
      const [tx, ty] = sample.keypoints as unknown as [number, number]
      expect(face.sample.id).toBe(sample.id)
      expect([...face.points]).toEqual([x, y])
      expect(face.errorPx).toBeCloseTo(10 * Math.hypot(x - tx, y - ty), 3)
      expect([...toSourcePoints(sample, face.points)]).toEqual([10 * x + 4.5, 10 * y + 4.5])
      errors.push(face.errorPx)
      squares += ((x - tx) / WIDTH) ** 2 + ((y - ty) / HEIGHT) ** 2
    }
    expect(errorPx).toBeCloseTo(errors.reduce((sum, error) => sum + error) / 3, 4)
    expect(loss).toBeCloseTo(squares / 6, 6)
  })

  test('does not depend on the batch size, and leaves no tensor', async () => {
    const model = dotNet()
    await predict(model, dots(1))
    const before = tf.memory().numTensors
    const single = await predict(model, dots(7), { batchSize: 1 })
    const many = await predict(model, dots(7))
    for (const [i, { points }] of single.predictions.entries()) {
      for (const [j, value] of points.entries()) expect(many.predictions[i]?.points[j]).toBeCloseTo(value, 4)
    }
    expect(many.loss).toBeCloseTo(single.loss, 6)
    expect(tf.memory().numTensors).toBe(before)
  })

  test('loads the samples by a loader, with and without views', async () => {
    const dataset = dots(5)
    const unread = { ...dataset, get: () => Promise.reject(new Error('read without the loader')) }
    const loaded: number[] = []
    const loader: SampleLoader = ({ index }) => {
      loaded.push(index)
      return dataset.get(index)
    }
    const model = dotNet()
    expect(await predict(model, unread, { loader })).toEqual(await predict(model, dataset))
    expect(loaded).toEqual([0, 1, 2, 3, 4])
    const transform = {
      makeParams: () => null,
      apply: (sample: Sample) => sample,
      inverse: () => (points: Keypoints) => points,
    }
    const tta = { transform, views: 2, seed: 1 }
    expect(await predict(model, unread, { loader, tta })).toEqual(await predict(model, dataset, { tta }))
    expect(loaded).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    await expect(predict(model, dataset, { loader: 1 as never })).rejects.toMatchObject({ code: 'TRAIN_OPTION' })
  })

  test('the loss with unlabeled and weighted points does not depend on the batch size', async () => {
    const faces = mapDataset(dots(7), (sample) => ({
      ...sample,
      visibility: Uint8Array.of({ 3: 0, 4: 1 }[sample.id.at(-1) as string] ?? 2),
    }))
    const model = dotNet()
    const pointWeights = { hidden: 0.25 }
    const whole = await predict(model, faces, { pointWeights })
    const batched = await predict(model, faces, { pointWeights, batchSize: 2 })
    expect(batched.loss).toBeCloseTo(whole.loss, 6)
    expect(await predict(model, subset(faces, [3]), { pointWeights })).toMatchObject({ loss: 0, errorPx: Number.NaN })
  })

  test('has no error if a point is predicted as NaN', async () => {
    const faces = mapDataset(dots(3), (sample) => {
      const image = { ...sample.image, data: new Float32Array(WIDTH * HEIGHT).fill(Number.NaN) }
      return sample.id === 'dot 1' ? { ...sample, image } : sample
    })
    const { predictions, errorPx } = await predict(dotNet(), faces)
    expect(predictions.map((face) => Number.isNaN(face.errorPx))).toEqual([false, true, false])
    expect(errorPx).toBeNaN()
  })

  test('a model of other shapes is an error that says which', async () => {
    const flat = (units: number, inputShape: number[]) =>
      tf.sequential({ layers: [tf.layers.flatten({ inputShape }), tf.layers.dense({ units })] })
    await expect(predict(flat(4, [HEIGHT, WIDTH, 1]), dots(1))).rejects.toMatchObject({
      code: 'MODEL_OUTPUT',
      message: expect.stringContaining('[null,2]'),
    })
    await expect(predict(flat(2, [5, 5]), dots(1))).rejects.toMatchObject({ code: 'MODEL_INPUT' })
    await expect(predict(flat(2, [5, WIDTH, 1]), dots(1))).rejects.toMatchObject({
      code: 'IMAGE_SIZE',
      message: expect.stringContaining('dot 0'),
      received: `${WIDTH} x ${HEIGHT} x 1`,
    })
  })

  // As a program in JavaScript may call it.
  test.each<[object, string, string | undefined, string]>([
    [{ batchsize: 2 }, 'batchsize', undefined, 'an unknown name: did you mean batchSize?'],
    [{ batchSize: 0 }, 'batchSize', 'a number above 0', '0'],
    [{ batchSize: Number.NaN }, 'batchSize', 'a finite number', 'NaN'],
    [{ loss: { kind: 'wing', omega: -1 } }, 'loss.omega', 'a number above 0', '-1'],
    [{ loss: 'wing' }, 'loss', LOSS, "'wing'"],
    [{ pointWeights: { hidden: -1 } }, 'pointWeights.hidden', 'a number of at least 0', '-1'],
    [{ flipTest: 'yes' }, 'flipTest', 'true or false', "'yes'"],
    [{ head: {} }, 'head', 'a head: { network, decode }', '{}'],
    [{ signal: true }, 'signal', 'an AbortSignal', 'true'],
  ])('rejects %j', async (options, name, expected, received) => {
    await expect(predict(dotNet(), dots(1), options)).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: `option ${name} of predict`,
      expected,
      received,
    })
  })

  test('takes a loss by its kind, and rejects a dataset without samples', async () => {
    const model = dotNet()
    const { loss } = await predict(model, dots(3), { loss: { kind: 'wing', omega: 5 } })
    expect(loss).toBe((await predict(model, dots(3), { loss: wingLoss({ omega: 5 }) })).loss)
    await expect(predict(model, dots(0))).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
  })

  test('an aborted signal ends it', async () => {
    await expect(predict(dotNet(), dots(2), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })
})
