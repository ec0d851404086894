import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { modelCheckpoint } from '../callbacks/model-checkpoint.ts'
import { train } from '../loop/train.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import { weightedSum } from '../losses/weighted-sum.ts'
import type { Checkpoint, CheckpointStore } from './checkpoint.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'
import { restoreWeights } from './restore-weights.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Creates a store that keeps the newest checkpoint as the bytes of its file. */
function memoryStore(everySteps?: number): CheckpointStore & { readonly saved: number[] } {
  const saved: number[] = []
  let newest: Buffer | undefined
  return {
    everySteps,
    saved,
    async save(checkpoint) {
      saved.push(checkpoint.state.step)
      newest = Buffer.from(encodeCheckpoint(checkpoint))
    },
    latest: async (): Promise<Checkpoint | undefined> => newest && decodeCheckpoint(newest, 'memory'),
    best: async () => undefined,
  }
}

async function run(overrides: Partial<TrainOptions>) {
  const options = { ...resumable(), ...overrides }
  const result = await train(options)
  const history = result.history.map(({ seconds, imagesPerSecond, ...rest }) => rest)
  return { ...result, weights: weightsHash(options.model), history }
}

/** Returns options that stop a training after a number of steps. */
function stopAfter(steps: number): Partial<TrainOptions> {
  const controller = new AbortController()
  let done = 0
  return {
    signal: controller.signal,
    onStep: () => {
      if (++done === steps) controller.abort()
    },
  }
}

describe('a resumed training', () => {
  test.each<Partial<TrainOptions>>([
    {},
    { emaDecay: 0.9, gradientAccumulationSteps: 2, optimizer: { kind: 'adam', weightDecay: 0.1 } },
    {
      emaDecay: 0.9,
      optimizer: { kind: 'sgd', nesterov: true },
      learningRate: { kind: 'plateau', learningRate: 0.01, patience: 0, warmupSteps: 3 },
      paramGroups: [{ match: 'batch_normalization', lrScale: 0.1 }],
    },
  ])('ends with the same weights wherever it was stopped: %j', async (overrides) => {
    const uninterrupted = await run(overrides)
    expect(uninterrupted.resumedAtStep).toBe(0)
    for (const steps of [1, 5, 11].map((count) => Math.ceil(count / (overrides.gradientAccumulationSteps ?? 1)))) {
      const checkpoints = memoryStore()
      let result = await run({ ...overrides, checkpoints, ...stopAfter(steps) })
      for (let i = 0; result.interrupted; i++) {
        expect(i).toBeLessThan(18)
        result = await run({ ...overrides, checkpoints, resume: true, ...stopAfter(steps) })
        expect(result.resumedAtStep).toBe(steps * (i + 1))
      }
      expect(result.weights).toBe(uninterrupted.weights)
      expect(result.history).toEqual(uninterrupted.history)
      expect(result.best).toEqual(uninterrupted.best)
    }
  })

  test('does nothing if it was finished', async () => {
    const checkpoints = memoryStore()
    const first = await run({ checkpoints })
    const resumed = await run({ checkpoints, resume: true })
    expect(resumed).toEqual({ ...first, resumedAtStep: 18, longestBlockMs: 0 })
  })

  test('saves checkpoints every N steps and at the end, or after each epoch, and when it is stopped', async () => {
    const steps = memoryStore(4)
    const epochs = memoryStore()
    const stopped = memoryStore(100)
    const validation = undefined
    await run({ validation, checkpoints: steps })
    expect(steps.saved).toEqual([4, 8, 12, 16, 18])
    await run({ validation, checkpoints: epochs })
    expect(epochs.saved).toEqual([6, 12, 18])
    await run({ validation, checkpoints: stopped, ...stopAfter(7) })
    expect(stopped.saved).toEqual([7])
  })

  test('saves its position when it is stopped in a second training with the same callback', async () => {
    const saved: number[] = []
    const callback = modelCheckpoint({
      save: async ({ state }) => void saved.push(state.step),
      latest: async () => undefined,
      best: async () => undefined,
    })
    for (const _ of [1, 2]) await run({ callbacks: [callback], ...stopAfter(2) })
    expect(saved).toEqual([2, 2])
  })

  test('reports the epochs before', async () => {
    const checkpoints = memoryStore()
    const reports: [string, number][] = []
    const listen: Partial<TrainOptions> = {
      onResume: (history) => void reports.push(...history.map(({ epoch }): [string, number] => ['before', epoch])),
      onEpoch: ({ epoch }) => void reports.push(['after', epoch]),
    }
    await run({ checkpoints, ...stopAfter(13), ...listen })
    expect(reports).toEqual([
      ['after', 1],
      ['after', 2],
    ])
    reports.length = 0
    await run({ checkpoints, resume: true, ...listen })
    expect(reports).toEqual([
      ['before', 1],
      ['before', 2],
      ['after', 3],
    ])
  })

  test('starts anew without a checkpoint', async () => {
    const { resumedAtStep, steps } = await run({ checkpoints: memoryStore(), resume: true, epochs: 1 })
    expect([resumedAtStep, steps]).toEqual([0, 6])
  })

  test.each<[string, TrainOptions['loss']]>([
    ['a function', mseLoss],
    ['an object with headLoss', weightedSum([[mseLoss, 1]])],
  ])('takes a loss by its kind for %s, which cannot be compared', async (_, loss) => {
    const [before, after] = [memoryStore(), memoryStore()]
    await run({ checkpoints: before, loss, ...stopAfter(8) })
    expect(await run({ checkpoints: before, loss: { kind: 'mse' }, resume: true })).toMatchObject({ resumedAtStep: 8 })
    await run({ checkpoints: after, loss: { kind: 'mse' }, ...stopAfter(8) })
    expect(await run({ checkpoints: after, loss, resume: true })).toMatchObject({ resumedAtStep: 8 })
  })

  test('continues from checkpoints without gradient norms', async () => {
    const { save, ...store } = memoryStore()
    const checkpoints: CheckpointStore = {
      ...store,
      save({ state: { epoch, history, ...state }, tensors }) {
        const { gradientNormSum, ...old } = epoch
        return save({
          state: { ...state, epoch: old, history: history.map(({ gradientNorm, ...rest }) => rest) },
          tensors,
        })
      },
    }
    await run({ checkpoints, ...stopAfter(8) })
    const { history } = await run({ checkpoints, resume: true })
    expect(history.map(({ gradientNorm }) => gradientNorm !== undefined)).toEqual([false, false, true])
  })

  test('leaves no tensor', async () => {
    const options = { ...resumable(), checkpoints: memoryStore(2), epochs: 1 }
    const before = tf.memory().numTensors
    await train({ ...options, ...stopAfter(3) })
    await train({ ...options, resume: true })
    expect(tf.memory().numTensors).toBe(before)
  })

  test.each<[Partial<TrainOptions>, string]>([
    [{ seed: 6 }, 'seed'],
    [{ batchSize: 5 }, 'batchSize'],
    [{ epochs: 4 }, 'epochs'],
    [{ train: dots(23) }, 'samples'],
    [{ learningRate: 0.1 }, 'learningRate'],
    [{ optimizer: { kind: 'sgd' } }, 'optimizer'],
    [{ emaDecay: 0.9 }, 'emaDecay'],
    [{ maxGradientNorm: undefined }, 'maxGradientNorm'],
    [{ model: dotNet() }, 'weights/2'],
  ])('is rejected with another setting %#', async (overrides, name) => {
    const checkpoints = memoryStore()
    await run({ checkpoints, ...stopAfter(2) })
    await expect(run({ checkpoints, resume: true, ...overrides })).rejects.toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
      message: expect.stringContaining(name),
    })
  })

  test.each<[TrainOptions['learningRate'], boolean]>([
    [0.01, true],
    [{ kind: 'step', learningRate: 0.01, milestones: [1] }, true],
    [{ kind: 'plateau', learningRate: 0.01, patience: 0 }, true],
    [{ kind: 'cosine', learningRate: 0.01 }, false],
    [{ kind: 'oneCycle', learningRate: 0.01 }, false],
  ])(
    'with learning rate %j continues for further epochs if all its steps stay the same: %p',
    async (learningRate, canResume) => {
      const checkpoints = memoryStore()
      const overrides = { learningRate, checkpoints }
      await run({ ...overrides, epochs: 1 })
      const longer = run({ ...overrides, epochs: 2, resume: true })
      if (!canResume) {
        const message = expect.stringMatching(
          /another value of epochs: expected \d+, on which its learning rate depends/,
        )
        return expect(longer).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH', message })
      }
      const { weights } = await run({ learningRate, epochs: 2 })
      expect(await longer).toMatchObject({ weights, resumedAtStep: 6, steps: 12 })
    },
  )

  test('restoreWeights restores the weights, averaged ones if there are, and rejects another model', async () => {
    for (const emaDecay of [undefined, 0.5]) {
      const checkpoints = memoryStore()
      const { model } = resumable()
      const { weights } = await run({ checkpoints, emaDecay })
      const newest = (await checkpoints.latest()) as Checkpoint
      restoreWeights(model, newest)
      expect(weightsHash(model)).toBe(weights)
      expect(() => restoreWeights(dotNet(), newest)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_MISMATCH' }))
    }
  })

  test.each<[string, (name: string) => string]>([
    ['by their names', (name) => name],
    ['in their order if the names are others', (name) => `my_${name}`],
  ])('restoreWeights restores weights %s, whichever layers were frozen', async (_, rename) => {
    const createModel = (getName: (name: string) => string) => {
      const createDense = (name: string) => tf.layers.dense({ name: getName(name), units: 2 })
      return tf.sequential({
        layers: [tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }), ...['a', 'b', 'c'].map(createDense)],
      })
    }
    const getNumbers = (model: tf.LayersModel) =>
      model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]))
    const trained = createModel((name) => name)
    const frozen = trained.getLayer('b')
    frozen.trainable = false
    const checkpoints = memoryStore()
    await run({ model: trained, checkpoints, epochs: 1, emaDecay: 0.5 })
    const model = createModel(rename)
    // In their order, the weights belong to each other only if the same layers are frozen.
    if (rename('b') !== 'b') model.getLayer(rename('b')).trainable = false
    restoreWeights(model, (await checkpoints.latest()) as Checkpoint)
    expect(getNumbers(model)).toEqual(getNumbers(trained))
  })

  test('needs option resume, and a store', async () => {
    const checkpoints = memoryStore()
    await run({ checkpoints, ...stopAfter(2) })
    await expect(run({ checkpoints })).rejects.toMatchObject({
      code: 'CHECKPOINT_EXISTS',
      received: 'a checkpoint after 2 steps',
    })
    await expect(run({ resume: true })).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: 'option resume needs option checkpoints',
    })
  })
})
