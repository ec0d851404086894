import type { Head } from '@facekp/tfjs-utils'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { predict } from '../evaluation/predict.ts'
import { findLearningRate } from '../loop/find-learning-rate.ts'
import { train } from '../loop/train.ts'
import { adaptiveWingLoss } from '../losses/adaptive-wing-loss.ts'
import { euclideanLoss } from '../losses/euclidean-loss.ts'
import { starLoss } from '../losses/star-loss.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Creates a network that outputs a heatmap of the image's size, and the head that decodes it. */
function dotMaps(seed = 1): { readonly model: tf.LayersModel; readonly head: Head } {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [HEIGHT, WIDTH, 1],
        filters: 1,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: tf.initializers.glorotUniform({ seed }),
      }),
    ],
  })
  return {
    model,
    head: {
      network: model,
      decode([logits]) {
        const probabilities = (logits as tf.Tensor).reshape([-1, HEIGHT * WIDTH]).softmax()
        const maps = probabilities.reshape<tf.Tensor4D>([-1, HEIGHT, WIDTH, 1])
        const along = (axis: 1 | 2, cells: number) =>
          maps.sum(axis).squeeze<tf.Tensor2D>([2]).mul(tf.range(0, cells).add(0.5).div(cells)).sum(1, true)
        const points = tf.concat<tf.Tensor2D>([along(1, WIDTH), along(2, HEIGHT)] as tf.Tensor2D[], 1)
        return { points, confidence: probabilities.max(1, true), heatmaps: maps }
      },
    },
  }
}

describe('a head', () => {
  test('predicts points and confidences for any batch size, and leaves no tensor', async () => {
    const { model, head } = dotMaps()
    await predict(model, dots(1), { head })
    const before = tf.memory().numTensors
    const { predictions } = await predict(model, dots(5), { head })
    const single = await predict(model, dots(5), { head, batchSize: 1 })
    expect(tf.memory().numTensors).toBe(before)
    for (const [i, { points, confidence }] of predictions.entries()) {
      expect(points).toHaveLength(2)
      expect(confidence).toHaveLength(1)
      expect(confidence?.[0]).toBeGreaterThan(1 / (WIDTH * HEIGHT))
      expect(confidence?.[0]).toBeLessThanOrEqual(1)
      expect(single.predictions[i]?.confidence?.[0]).toBeCloseTo(confidence?.[0] as number, 5)
      expect(single.predictions[i]?.points[0]).toBeCloseTo(points[0] as number, 4)
    }
  })

  test('is averaged with its predictions for the mirror image', async () => {
    const { model, head } = dotMaps()
    const mean = await predict(model, dots(3), { head, flipTest: true })
    const { predictions } = await predict(model, dots(3), { head })
    for (const [i, { confidence }] of mean.predictions.entries()) {
      expect(confidence).toHaveLength(1)
      expect(confidence?.[0]).not.toBe(predictions[i]?.confidence?.[0])
    }
  })

  test('of coordinates alone has no confidence', async () => {
    const { predictions } = await predict(dotNet(), dots(1))
    expect(predictions[0]).not.toHaveProperty('confidence')
  })

  test.each([
    ['distances', euclideanLoss],
    ['Adaptive Wing', adaptiveWingLoss({ sigma: 1 })],
    ['STAR', starLoss()],
  ])('is trained by a loss of %s', async (_, loss) => {
    const { model, head } = dotMaps()
    const before = await predict(model, dots(8, 2), { head, loss })
    const tensors = tf.memory().numTensors
    const { history } = await train({
      model,
      head,
      train: dots(16),
      validation: dots(8, 2),
      epochs: 8,
      batchSize: 4,
      learningRate: 0.1,
      loss,
      maxGradientNorm: 1,
    })
    expect(tf.memory().numTensors).toBe(tensors)
    const after = await predict(model, dots(8, 2), { head, loss })
    expect(after.errorPx).toBeLessThan(before.errorPx)
    expect(history.at(-1)?.valLoss).toBeCloseTo(after.loss, 5)
    expect(after.loss).toBeLessThan(before.loss)
  })

  test('is an option of findLearningRate', async () => {
    const { model, head } = dotMaps()
    const loss = adaptiveWingLoss({ sigma: 1 })
    expect((await findLearningRate({ model, head, loss, train: dots(8), batchSize: 4, steps: 5 })).points.length).toBe(
      5,
    )
  })

  test('has decode as its method', async () => {
    const { model, head } = dotMaps()
    class CountingHead implements Head {
      readonly network = model
      count = 0

      decode(outputs: readonly tf.Tensor[]) {
        this.count++
        return head.decode(outputs)
      }
    }
    const counting = new CountingHead()
    await predict(model, dots(2), { head: counting, batchSize: 1 })
    expect(counting.count).toBe(2)
  })

  test('that does not decode an output names a weight that would not be trained, until its layer is frozen', async () => {
    const input = tf.input({ shape: [HEIGHT, WIDTH, 1] })
    const flat = tf.layers.flatten().apply(input) as tf.SymbolicTensor
    const [points, other] = ['points', 'other'].map((name) => tf.layers.dense({ name, units: 2 }).apply(flat))
    const network = tf.model({ inputs: input, outputs: [points, other] as tf.SymbolicTensor[] })
    const head: Head = { network, decode: ([output]) => ({ points: output as tf.Tensor2D }) }
    const options = { model: network, head, train: dots(2), epochs: 1, batchSize: 2, learningRate: 0.1 }
    await expect(train(options)).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: expect.stringMatching(/^weight other\/kernel\S* has no gradient$/),
    })
    const { steps } = await train({ ...options, paramGroups: [{ match: 'other', lrScale: 0 }] })
    expect(steps).toBe(1)
  })

  test('with another number of points is an error, and so is a loss without its head', async () => {
    const { model, head } = dotMaps()
    const two: Head = { ...head, decode: () => ({ points: tf.zeros([1, 4]) }) }
    await expect(predict(model, dots(1), { head: two })).rejects.toMatchObject({
      code: 'MODEL_OUTPUT',
      received: 'points of shape [1,4]',
    })
    await expect(predict(dotNet(), dots(1), { loss: starLoss() })).rejects.toMatchObject({ code: 'LOSS_HEAD' })
    await expect(predict(model, dots(1))).rejects.toMatchObject({ code: 'MODEL_OUTPUT' })
  })
})
