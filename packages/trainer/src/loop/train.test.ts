import { createDataset, createImage, mapDataset, type Sample, type SampleKey, type SampleLoader } from '@facekp/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { meanShapeError } from '../evaluation/errors-in-pixels.ts'
import { predict } from '../evaluation/predict.ts'
import { euclideanLoss } from '../losses/euclidean-loss.ts'
import type { StepReport } from './reports.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train-options.ts'

beforeAll(() => tf.setBackend('cpu'))

const settings = (overrides: Partial<TrainOptions> = {}): TrainOptions => ({
  model: overrides.model ?? dotNet(),
  train: dots(16),
  epochs: 2,
  batchSize: 4,
  learningRate: 0.01,
  ...overrides,
})

const LEARNING_RATE = 'a number above 0, a schedule of a known kind with its options, or a function'

const untimed = ({ history }: Awaited<ReturnType<typeof train>>) =>
  history.map(({ seconds, imagesPerSecond, ...rest }) => rest)

describe('train', () => {
  test('learns the position of the dot far better than the mean shape', async () => {
    const faces = dots(64)
    const validation = dots(32, 2)
    const model = dotNet()
    const { history, interrupted, steps } = await train({
      model,
      train: faces,
      validation,
      epochs: 25,
      batchSize: 8,
      learningRate: 0.02,
      loss: euclideanLoss,
    })
    expect(interrupted).toBe(false)
    expect(steps).toBe(25 * 8)
    expect(history).toHaveLength(25)
    expect(history.at(-1)?.trainLoss).toBeLessThan((history[0]?.trainLoss as number) / 3)
    const { errorPx } = await predict(model, validation)
    expect(history.at(-1)?.valErrorPx).toBeCloseTo(errorPx, 3)
    expect(errorPx).toBeLessThan((await meanShapeError(faces, validation)) / 3)
  })

  test('the same seed gives the same losses, another seed others', async () => {
    const run = async (seed: number) => untimed(await train(settings({ seed, validation: dots(4, 2) })))
    const first = await run(7)
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
  })

  test('over 100 epochs no tensor remains', async () => {
    const model = dotNet()
    const run = (epochs: number) =>
      train(settings({ model, train: dots(5), validation: dots(2, 2), epochs, batchSize: 2, maxGradientNorm: 1 }))
    await run(1)
    const before = tf.memory()
    await run(100)
    const after = tf.memory()
    expect(after.numTensors).toBe(before.numTensors)
    expect(after.numBytes).toBe(before.numBytes)
  })

  test('reports every step and epoch', async () => {
    const steps: StepReport[] = []
    const epochs: number[] = []
    const { history } = await train(
      settings({
        train: dots(5),
        batchSize: 2,
        learningRate: ({ step, steps }) => 0.1 * (1 - step / steps),
        onStep: (report) => steps.push(report),
        onEpoch: async ({ epoch }) => {
          await Promise.resolve()
          epochs.push(epoch)
        },
      }),
    )
    expect(steps.map(({ step, images }) => [step, images])).toEqual([
      [1, 2],
      [2, 4],
      [3, 5],
      [4, 7],
      [5, 9],
      [6, 10],
    ])
    expect(steps.map(({ learningRate }) => learningRate.toFixed(4))).toEqual(
      [6, 5, 4, 3, 2, 1].map((left) => ((0.1 * left) / 6).toFixed(4)),
    )
    expect(steps[0]).toMatchObject({ epoch: 1, epochs: 2, steps: 6, totalImages: 10 })
    expect(epochs).toEqual([1, 2])
    const [a, b, c] = steps as [StepReport, StepReport, StepReport]
    expect(history[0]?.trainLoss).toBeCloseTo((2 * a.loss + 2 * b.loss + c.loss) / 5, 6)
    expect(history[0]?.gradientNorm).toBeCloseTo((a.gradientNorm + b.gradientNorm + c.gradientNorm) / 3, 6)
    expect(history[0]).not.toHaveProperty('valLoss')
  })

  test('accumulated batches equal one batch', async () => {
    const weightsAfter = async (overrides: Partial<TrainOptions>): Promise<number[]> => {
      const options = settings({ train: dots(10), optimizer: { kind: 'sgd' }, maxGradientNorm: 0.5, ...overrides })
      const losses: number[] = []
      const { steps } = await train({
        ...options,
        onStep: ({ loss, gradientNorm }) => losses.push(loss, gradientNorm),
      })
      expect(steps).toBe(4)
      return [...losses, ...options.model.getWeights().flatMap((weight) => [...weight.dataSync()])]
    }
    const whole = await weightsAfter({ batchSize: 6 })
    const parts = await weightsAfter({ batchSize: 2, gradientAccumulationSteps: 3 })
    for (const [i, value] of whole.entries()) expect(parts[i]).toBeCloseTo(value, 5)
  })

  test('accumulated batches of points with different weights equal one batch', async () => {
    const faces = mapDataset(dots(10), (sample) => ({
      ...sample,
      visibility: Uint8Array.of(Number(sample.id.slice(-1)) % 3),
    }))
    const weightsAfter = async (overrides: Partial<TrainOptions>): Promise<number[]> => {
      const options = settings({
        train: faces,
        optimizer: { kind: 'sgd' },
        pointWeights: { hidden: 0.5 },
        ...overrides,
      })
      await train(options)
      return options.model.getWeights().flatMap((weight) => [...weight.dataSync()])
    }
    const whole = await weightsAfter({ batchSize: 6 })
    const parts = await weightsAfter({ batchSize: 2, gradientAccumulationSteps: 3 })
    for (const [i, value] of whole.entries()) expect(parts[i]).toBeCloseTo(value, 5)
  })

  test('a point of weight 0 has no influence, in training and validation', async () => {
    const model = dotNet()
    const before = model.getWeights().map((weight) => weight.dataSync().slice())
    const { history } = await train(settings({ model, validation: dots(4, 2), pointWeights: { byPoint: [0] } }))
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before)
    expect(history[0]).toMatchObject({ trainLoss: 0, valLoss: 0 })
    await expect(train(settings({ pointWeights: { byPoint: [1, 1] } }))).rejects.toMatchObject({
      code: 'KEYPOINT_COUNT',
    })
  })

  test('averaged weights are validated, held during onEpoch and at the end', async () => {
    const model = dotNet()
    const validation = dots(8, 2)
    const start = model.getWeights().map((weight) => weight.dataSync().slice())
    const measured: number[] = []
    const run = await train(
      settings({
        model,
        validation,
        emaDecay: 0.5,
        async onEpoch() {
          measured.push((await predict(model, validation)).errorPx)
        },
      }),
    )
    expect(run.history.map(({ valErrorPx }) => valErrorPx)).toEqual(measured)
    expect((await predict(model, validation)).errorPx).toBe(measured.at(-1))
    const plain = dotNet()
    await train(settings({ model: plain }))
    const [averaged, last] = [model, plain].map((net) => net.getWeights().map((weight) => weight.dataSync()))
    expect(averaged).not.toEqual(last)
    expect(averaged).not.toEqual(start)
  })

  test('a transform augments the samples, with new parameters in each epoch', async () => {
    const sampleViews: string[] = []
    const transform = {
      makeParams: (random: { uniform(): number }) => random.uniform(),
      apply: (sample: Sample, params: unknown) => {
        sampleViews.push(`${sample.id} ${params}`)
        return sample
      },
    }
    await train(settings({ train: dots(3), transform: transform as never }))
    expect(new Set(sampleViews).size).toBe(6)
  })

  test('an aborted signal ends it and keeps the weights', async () => {
    const controller = new AbortController()
    const model = dotNet()
    const before = model.getWeights().map((weight) => weight.dataSync().slice())
    const { history, interrupted, steps } = await train(
      settings({
        model,
        epochs: 50,
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === 6) controller.abort()
        },
      }),
    )
    expect(interrupted).toBe(true)
    expect(steps).toBe(6)
    expect(history).toHaveLength(1)
    expect(model.getWeights().map((weight) => weight.dataSync())).not.toEqual(before)
  })

  test('a NaN loss ends it, names step and samples, and keeps the weights before the step', async () => {
    const good = await dots(4).get(0)
    const bad: Sample = {
      ...good,
      id: 'the bad one',
      image: createImage(new Float32Array(WIDTH * HEIGHT).fill(Number.NaN), WIDTH, HEIGHT, 1),
    }
    const model = dotNet()
    const tensors = tf.memory().numTensors
    const run = train(settings({ model, train: createDataset(dots(1).scheme, [good, bad]), batchSize: 1, epochs: 9 }))
    await expect(run).rejects.toMatchObject({
      code: 'LOSS_NOT_FINITE',
      message: expect.stringMatching(/step [12] \(epoch 1\).*the bad one/),
      received: 'NaN',
    })
    expect(model.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  test('frozen layers stay as they are', async () => {
    const model = dotNet()
    const [first] = model.layers
    if (first) first.trainable = false
    const before = first?.getWeights().map((weight) => weight.dataSync().slice())
    await train(settings({ model }))
    expect(first?.getWeights().map((weight) => weight.dataSync())).toEqual(before)
  })

  test('loads its samples by seed, epoch and index if there is a loader', async () => {
    const keys: SampleKey[] = []
    const faces = dots(6)
    const loader: SampleLoader = (key) => {
      keys.push(key)
      return faces.get(key.index)
    }
    const run = async (overrides: Partial<TrainOptions>) =>
      untimed(await train(settings({ train: faces, seed: 3, ...overrides })))
    expect(await run({ loader })).toEqual(await run({}))
    expect(keys.length).toBe(12)
    expect(new Set(keys.map(({ index, epoch }) => `${index} ${epoch}`)).size).toBe(12)
    expect(keys.every(({ seed }) => seed === 3)).toBe(true)
  })

  test('loader and transform exclude each other', async () => {
    const transform = { makeParams: () => null, apply: (sample: Sample) => sample }
    const loader: SampleLoader = ({ index }) => dots(6).get(index)
    await expect(train(settings({ loader, transform }))).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: 'options loader and transform exclude each other',
      received: 'both',
    })
  })

  test('an invalid learning rate of a function ends it before the step', async () => {
    const model = dotNet()
    const rates = [0, Number.NaN]
    const run = train(settings({ model, learningRate: ({ step }) => rates[step] as number }))
    await expect(run).rejects.toMatchObject({ code: 'TRAIN_OPTION', message: expect.stringContaining('step 2') })
    expect(model.getWeights()[0]?.dataSync()).toEqual(dotNet().getWeights()[0]?.dataSync())
  })

  test.each<[object, string, string | undefined, string]>([
    [{ earlystopping: { patience: 1 } }, 'earlystopping', undefined, 'an unknown name: did you mean earlyStopping?'],
    [{ train: [] }, 'train', 'a dataset', '[]'],
    [{ validation: {} }, 'validation', 'a dataset', '{}'],
    [{ model: {} }, 'model', 'a tf.LayersModel', '{}'],
    [{ transform: () => {} }, 'transform', 'a transform', 'a function'],
    [{ loader: 1 }, 'loader', 'a function', '1'],
    [{ callbacks: [{ onStepEnd: 1 }] }, 'callbacks[0]', 'a callback, whose hooks are functions', '{"onStepEnd":1}'],
    [{ checkpoints: 'folder' }, 'checkpoints', 'a checkpoint store', "'folder'"],
    [{ signal: new AbortController() }, 'signal', 'an AbortSignal', 'an object of class AbortController'],
    [{ onEpoch: 'log' }, 'onEpoch', 'a function', "'log'"],
  ])('rejects %j, which JavaScript may pass', async (overrides, name, expected, received) => {
    await expect(train(settings(overrides))).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: `option ${name} of train`,
      expected,
      received,
    })
  })

  test('a validation set without samples is an error before the first step', async () => {
    const onStep = () => expect('a step').toBe('none')
    await expect(train(settings({ validation: dots(0), onStep }))).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
  })

  test('a validation set with other points is an error before the first step', async () => {
    const onStep = () => expect('a step').toBe('none')
    const validation = { ...dots(2), scheme: { ...dots(2).scheme, name: 'other', pointNames: ['chin'] } }
    await expect(train(settings({ validation, onStep }))).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: 'option validation of train: other points than those of option train',
      received: `scheme other, whose point 0 is chin instead of ${dots(2).scheme.pointNames[0]}`,
    })
  })

  test.each<[object, string, string, string]>([
    [{ epochs: 0 }, 'epochs', 'a number above 0', '0'],
    [{ epochs: 1.5 }, 'epochs', 'an integer', '1.5'],
    [{ batchSize: -1 }, 'batchSize', 'a number above 0', '-1'],
    [{ learningRate: 0 }, 'learningRate', 'a number above 0', '0'],
    [{ learningRate: Number.NaN }, 'learningRate', LEARNING_RATE, 'NaN'],
    [{ maxGradientNorm: 0 }, 'maxGradientNorm', 'a number above 0', '0'],
    [{ seed: 0.5 }, 'seed', 'an integer', '0.5'],
    [{ gradientAccumulationSteps: 0 }, 'gradientAccumulationSteps', 'a number above 0', '0'],
    [{ emaDecay: 1 }, 'emaDecay', 'a number below 1', '1'],
    [{ optimizer: { kind: 'sgd', momentum: 1 } }, 'optimizer.momentum', 'a number below 1', '1'],
    [{ optimizer: { kind: 'adamw' } }, 'optimizer.kind', "'adam' or 'sgd'", "'adamw'"],
    [{ learningRate: { kind: 'cosine', learningRate: 0 } }, 'learningRate.learningRate', 'a number above 0', '0'],
    [
      { learningRate: { kind: 'cosine', learningRate: 1, factor: 2 } },
      'learningRate.factor',
      'kind, learningRate, minLearningRate, warmupSteps',
      'an unknown name',
    ],
    [{ pointWeights: { hidden: -1 } }, 'pointWeights.hidden', 'a number of at least 0', '-1'],
    [{ paramGroups: [{ match: 'conv', lrScale: -1 }] }, 'paramGroups[0].lrScale', 'a number of at least 0', '-1'],
  ])('%j is an error that names the option', async (overrides, name, expected, received) => {
    await expect(train(settings(overrides as Partial<TrainOptions>))).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: `option ${name} of train`,
      expected,
      received,
    })
  })

  test('an empty dataset is an error', async () => {
    await expect(train(settings({ train: createDataset(dots(1).scheme, []) }))).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
    })
  })
})
