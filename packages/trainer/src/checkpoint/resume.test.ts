import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots } from '../../fixtures/dots.ts'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { train } from '../loop/train.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import type { Checkpoint, CheckpointStore } from './checkpoint.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'
import { restoreWeights } from './restore-weights.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Keeps the newest checkpoint as the bytes of its file. */
function inMemory(everySteps?: number): CheckpointStore & { readonly saved: number[] } {
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

async function run(more: Partial<TrainOptions>) {
  const options = { ...resumable(), ...more }
  const result = await train(options)
  const history = result.history.map(({ seconds, imagesPerSecond, ...rest }) => rest)
  return { ...result, weights: weightsHash(options.model), history }
}

/** Stops the training after so many steps, if it comes that far. */
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

describe('a training that goes on from its checkpoint', () => {
  test.each<Partial<TrainOptions>>([
    {},
    { emaDecay: 0.9, gradientAccumulationSteps: 2, optimizer: { kind: 'adam', weightDecay: 0.1 } },
    {
      emaDecay: 0.9,
      optimizer: { kind: 'sgd', nesterov: true },
      learningRate: { kind: 'plateau', learningRate: 0.01, patience: 0, warmupSteps: 3 },
      paramGroups: [{ match: 'batch_normalization', lrScale: 0.1 }],
    },
  ])('ends with the same weights wherever it was stopped: %j', async (more) => {
    const unbroken = await run(more)
    expect(unbroken.resumedAtStep).toBe(0)
    for (const steps of [1, 5, 11].map((count) => Math.ceil(count / (more.gradientAccumulationSteps ?? 1)))) {
      const checkpoints = inMemory()
      let result = await run({ ...more, checkpoints, ...stopAfter(steps) })
      for (let i = 0; result.interrupted; i++) {
        expect(i).toBeLessThan(18)
        result = await run({ ...more, checkpoints, resume: true, ...stopAfter(steps) })
        expect(result.resumedAtStep).toBe(steps * (i + 1))
      }
      expect(result.weights).toBe(unbroken.weights)
      expect(result.history).toEqual(unbroken.history)
      expect(result.best).toEqual(unbroken.best)
    }
  })

  test('does nothing more where it was done', async () => {
    const checkpoints = inMemory()
    const first = await run({ checkpoints })
    const again = await run({ checkpoints, resume: true })
    expect(again).toEqual({ ...first, resumedAtStep: 18 })
  })

  test('keeps a checkpoint after so many steps and at the end, or after each epoch, and where it is stopped', async () => {
    const [steps, epochs, stopped] = [inMemory(4), inMemory(), inMemory(100)]
    const validation = undefined
    await run({ validation, checkpoints: steps })
    expect(steps.saved).toEqual([4, 8, 12, 16, 18])
    await run({ validation, checkpoints: epochs })
    expect(epochs.saved).toEqual([6, 12, 18])
    await run({ validation, checkpoints: stopped, ...stopAfter(7) })
    expect(stopped.saved).toEqual([7])
  })

  test('tells of the epochs that were done before', async () => {
    const checkpoints = inMemory()
    const told: [string, number][] = []
    const listen: Partial<TrainOptions> = {
      onResume: (history) => void told.push(...history.map(({ epoch }): [string, number] => ['before', epoch])),
      onEpoch: ({ epoch }) => void told.push(['now', epoch]),
    }
    await run({ checkpoints, ...stopAfter(13), ...listen })
    expect(told).toEqual([
      ['now', 1],
      ['now', 2],
    ])
    told.length = 0
    await run({ checkpoints, resume: true, ...listen })
    expect(told).toEqual([
      ['before', 1],
      ['before', 2],
      ['now', 3],
    ])
  })

  test('begins where there is no checkpoint yet', async () => {
    const { resumedAtStep, steps } = await run({ checkpoints: inMemory(), resume: true, epochs: 1 })
    expect([resumedAtStep, steps]).toEqual([0, 6])
  })

  test('goes on from checkpoints that tell of no gradient norm', async () => {
    const { save, ...store } = inMemory()
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

  test('leaves no tensor behind', async () => {
    const options = { ...resumable(), checkpoints: inMemory(2), epochs: 1 }
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
  ])('is refused with another setting %#', async (more, name) => {
    const checkpoints = inMemory()
    await run({ checkpoints, ...stopAfter(2) })
    await expect(run({ checkpoints, resume: true, ...more })).rejects.toMatchObject({
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
    'with learning rate %j goes on for more epochs, where none of its steps would be another: %p',
    async (rate, can) => {
      const checkpoints = inMemory()
      const more = { learningRate: rate, checkpoints }
      await run({ ...more, epochs: 1 })
      const longer = run({ ...more, epochs: 2, resume: true })
      if (!can) return expect(longer).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' })
      const { weights } = await run({ learningRate: rate, epochs: 2 })
      expect(await longer).toMatchObject({ weights, resumedAtStep: 6, steps: 12 })
    },
  )

  test('gives a model its weights, the averaged ones where there are, and no other model', async () => {
    for (const emaDecay of [undefined, 0.5]) {
      const [checkpoints, model] = [inMemory(), resumable().model]
      const { weights } = await run({ checkpoints, emaDecay })
      const newest = (await checkpoints.latest()) as Checkpoint
      restoreWeights(model, newest)
      expect(weightsHash(model)).toBe(weights)
      expect(() => restoreWeights(dotNet(), newest)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_MISMATCH' }))
    }
  })

  test('must be asked for, and needs a place', async () => {
    const checkpoints = inMemory()
    await run({ checkpoints, ...stopAfter(2) })
    await expect(run({ checkpoints })).rejects.toMatchObject({
      code: 'CHECKPOINT_EXISTS',
      received: 'a checkpoint after 2 steps',
    })
    await expect(run({ resume: true })).rejects.toMatchObject({ code: 'TRAIN_OPTION' })
  })
})
