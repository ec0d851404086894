import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dataset, Sample } from '@facekp/core'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { checkpointFolder } from '../checkpoint/checkpoint-folder.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train-options.ts'

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => void jest.restoreAllMocks())
const folder = mkdtempSync(join(tmpdir(), 'facekp-stopping-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(overrides: Partial<TrainOptions>) {
  const options = { ...resumable(), ...overrides }
  const result = await train(options)
  const history = result.history.map(({ seconds, imagesPerSecond, ...rest }) => rest)
  return { ...result, weights: weightsHash(options.model), history }
}

describe('early stopping', () => {
  // A rate that is far too large after the second epoch.
  const worsens: Partial<TrainOptions> = {
    epochs: 12,
    learningRate: ({ step }) => (step < 12 ? 0.01 : 1),
    earlyStopping: { patience: 2 },
  }

  test.each<Partial<TrainOptions>>([{}, { emaDecay: 0.5 }])(
    'stops the training without improvement and restores the weights of the best epoch: %j',
    async (overrides) => {
      const after: string[] = []
      const { model } = resumable()
      const { history, restoredEpoch, stoppedBy, interrupted, weights, best } = await run({
        ...worsens,
        ...overrides,
        model,
        onEpoch: () => void after.push(weightsHash(model)),
      })
      const errors = history.map(({ valErrorPx }) => valErrorPx as number)
      const bestEpoch = errors.indexOf(Math.min(...errors)) + 1
      expect(bestEpoch).toBeLessThan(history.length)
      expect(history.length).toBeLessThan(12)
      expect({ restoredEpoch, stoppedBy, interrupted }).toEqual({
        restoredEpoch: bestEpoch,
        stoppedBy: 'earlyStopping',
        interrupted: false,
      })
      expect(best?.epoch).toBe(bestEpoch)
      expect(weights).toBe(after[bestEpoch - 1])
    },
  )

  test('restores the best weights after the last epoch too, and leaves no tensor behind', async () => {
    const options = { ...resumable(), ...worsens, epochs: 3, earlyStopping: { patience: 9 } }
    const tensors = tf.memory().numTensors
    const { stoppedBy, restoredEpoch, history } = await train(options)
    expect(tf.memory().numTensors).toBe(tensors)
    expect([stoppedBy, history.length]).toEqual([undefined, 3])
    expect(restoredEpoch).toBeLessThan(3)
  })

  test('ends the same wherever it was interrupted, and does nothing when resumed after the end', async () => {
    const unbroken = await run(worsens)
    for (const [i, everySteps] of [undefined, 5].entries()) {
      const checkpoints = checkpointFolder(join(folder, `early ${i}`), everySteps ? { everySteps } : {})
      let result: Awaited<ReturnType<typeof run>>
      do {
        const controller = new AbortController()
        let done = 0
        result = await run({
          ...worsens,
          checkpoints,
          resume: true,
          signal: controller.signal,
          onStep: () => ++done === 7 && controller.abort(),
        })
      } while (result.interrupted)
      const { weights, history, restoredEpoch, stoppedBy } = unbroken
      expect(result).toMatchObject({ weights, history, restoredEpoch, stoppedBy })
      const again = await run({ ...worsens, checkpoints, resume: true })
      expect(again).toMatchObject({ weights, history, restoredEpoch, stoppedBy, resumedAtStep: unbroken.steps })
    }
  })

  test('needs the validation set of its metric', async () => {
    await expect(run({ ...worsens, validation: undefined })).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      message: expect.stringContaining('earlyStopping'),
    })
    const earlyStopping = { patience: 1, metric: 'trainLoss' } as const
    expect((await run({ validation: undefined, earlyStopping })).restoredEpoch).toBeGreaterThan(0)
  })
})

describe('the time limit', () => {
  test('stops the training at a checkpoint, from which it is resumed to the same end', async () => {
    const unbroken = await run({})
    const checkpoints = checkpointFolder(join(folder, 'time'))
    let clockMs = 0
    jest.spyOn(performance, 'now').mockImplementation(() => clockMs)
    const limited: Partial<TrainOptions> = {
      checkpoints,
      resume: true,
      // The timer of the limit, which goes by the time of the machine, does not fire.
      timeLimitSeconds: 4000,
      // Each step takes 1000 s, each validation 2000 s.
      onStep: () => {
        clockMs += 1e6
      },
      onEpoch: () => {
        clockMs += 2e6
      },
    }
    const stops: unknown[] = []
    let result: Awaited<ReturnType<typeof run>>
    do {
      result = await run(limited)
      stops.push([result.steps, result.stoppedBy, result.interrupted])
    } while (result.stoppedBy)
    // Six steps an epoch; the time of the validation after the second one counts too.
    expect(stops).toEqual([
      [4, 'timeLimit', false],
      [6, 'timeLimit', false],
      [10, 'timeLimit', false],
      [12, 'timeLimit', false],
      [16, 'timeLimit', false],
      [18, undefined, false],
    ])
    expect(result.weights).toBe(unbroken.weights)
    expect(result.history).toEqual(unbroken.history)
  })

  test('differs from a signal', async () => {
    const { stoppedBy, interrupted } = await run({ signal: AbortSignal.abort(), timeLimitSeconds: 1000 })
    expect([stoppedBy, interrupted]).toEqual(['signal', true])
  })
})

describe('the leak guard', () => {
  test('ends a training that leaks tensors, and names step and growth', async () => {
    const left: tf.Tensor[] = []
    const leak = { onStep: () => void left.push(tf.scalar(1), tf.scalar(2)) }
    await expect(run({ ...leak, tensorLeakLimit: 10 })).rejects.toMatchObject({
      code: 'TENSORS_LEAKED',
      message: expect.stringMatching(/at step 7 \(epoch 2\) there are 12 more than after step 1/),
      received: expect.stringContaining('2.0 more a step'),
    })
    tf.dispose(left)
  })

  test('passes a training that leaks none', async () => {
    const overrides = {
      tensorLeakLimit: 0,
      earlyStopping: { patience: 5 },
      emaDecay: 0.9,
      gradientAccumulationSteps: 2,
    }
    expect((await run(overrides)).history).toHaveLength(3)
  })
})

describe('data that never arrive', () => {
  const never = (): Partial<TrainOptions> => {
    const { train: faces } = resumable()
    return { train: { ...faces, get: () => new Promise<never>(() => {}) }, validation: undefined }
  }

  test('do not keep an abort from ending the training', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    expect(await run({ ...never(), signal: stop.signal })).toMatchObject({ stoppedBy: 'signal', steps: 0 })
  })

  test('nor its time limit', async () => {
    expect(await run({ ...never(), timeLimitSeconds: 0.05 })).toMatchObject({ stoppedBy: 'timeLimit', steps: 0 })
  })
})

describe('what is no sample of the dataset', () => {
  const replace = (create: (sample: Sample) => unknown): Partial<TrainOptions> => {
    const { train: faces } = resumable()
    const get = async (index: number): Promise<Sample> => {
      const sample = await faces.get(index)
      return (index % 2 ? create(sample) : sample) as Sample
    }
    return { train: { ...faces, get }, transform: undefined }
  }

  test('nothing', async () => {
    await expect(run(replace(() => undefined))).rejects.toMatchObject({ code: 'SAMPLE_INVALID', received: 'undefined' })
  })

  // Half of the samples have none of 1 point and half have 2, which is as many numbers as all need.
  test('another number of points', async () => {
    let count = 0
    const change = (sample: Sample): Sample => {
      const points = 2 * (count++ % 2)
      return { ...sample, keypoints: new Float32Array(2 * points), visibility: new Uint8Array(points).fill(2) }
    }
    await expect(run(replace(change))).rejects.toMatchObject({ code: 'KEYPOINT_COUNT' })
  })

  test.each(['train', 'validation'] as const)('only points without a label in %s', async (name) => {
    const faces = resumable()[name] as Dataset
    const get = async (index: number): Promise<Sample> => ({
      ...(await faces.get(index)),
      visibility: new Uint8Array(1),
    })
    const onStep = () => expect('a step').toBe('none')
    await expect(run({ [name]: { ...faces, get }, onStep })).rejects.toMatchObject({
      code: 'DATASET_UNLABELED',
      problem: expect.stringContaining(name),
    })
  })
})
