import type { Sample } from '@facekp/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resumable } from '../../fixtures/resumable.ts'
import { predict } from '../evaluation/predict.ts'
import { train } from '../loop/train.ts'
import type { TrainOptions } from '../loop/train-options.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Trains, and returns the result and the samples trained on, in order. */
async function trainAndRecord(overrides: Partial<TrainOptions>) {
  const samples: string[] = []
  const { transform, ...options } = resumable()
  const result = await train({
    ...options,
    transform: {
      makeParams: (random) => random.uniform(0.5, 1),
      apply(sample: Sample, factor) {
        samples.push(`${sample.id} ${factor}`)
        return transform?.apply(sample, factor) ?? sample
      },
    },
    ...overrides,
  })
  return { ...result, samples }
}

describe('limits for trying a program', () => {
  test('limitBatches limits the batches of an epoch, different ones in each, and the samples of validation', async () => {
    const { validation } = resumable()
    const indices: number[] = []
    const few = {
      ...(validation as NonNullable<typeof validation>),
      get: (index: number) => {
        indices.push(index)
        return (validation as NonNullable<typeof validation>).get(index)
      },
    }
    const { samples, steps, history, stoppedBy } = await trainAndRecord({ limitBatches: 1, validation: few, epochs: 2 })
    expect([steps, history.length, stoppedBy]).toEqual([2, 2, undefined])
    expect(new Set(samples).size).toBe(8)
    // The first is also read before the first step, to see whether its points are labeled.
    expect(indices).toEqual([0, 0, 1, 2, 3, 0, 1, 2, 3])
  })

  test('limitBatches beyond the data changes nothing', async () => {
    const full = await trainAndRecord({})
    const limited = await trainAndRecord({ limitBatches: 100 })
    expect(limited.samples).toEqual(full.samples)
    expect(limited.history.at(-1)?.valLoss).toBe(full.history.at(-1)?.valLoss)
  })

  test('overfitBatches takes the same batches bit by bit in each epoch, and for validation', async () => {
    const { samples, steps } = await trainAndRecord({ overfitBatches: 2, epochs: 3 })
    expect(steps).toBe(6)
    expect(samples).toHaveLength(3 * 2 * 8)
    const [first, ...others] = [0, 1, 2, 3, 4, 5].map((part) => samples.slice(8 * part, 8 * (part + 1)))
    for (const other of others) expect(other).toEqual(first)
  })

  test('a network overfits a batch', async () => {
    const options = { ...resumable(), validation: undefined, epochs: 200, overfitBatches: 1, learningRate: 0.005 }
    const { history } = await train(options)
    const [first, last] = [history[0], history.at(-1)]
    expect(last?.trainLoss).toBeLessThan((first?.trainLoss as number) / 20)
    expect(last?.valErrorPx).toBeLessThan((first?.valErrorPx as number) / 2)
    expect((await predict(options.model, options.train)).errorPx).toBeGreaterThan(last?.valErrorPx as number)
  })

  test('both limits at once are an error', async () => {
    await expect(trainAndRecord({ limitBatches: 1, overfitBatches: 1 })).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      problem: 'option limitBatches of train',
      expected: 'either limitBatches or overfitBatches',
      received: '1',
    })
  })
})
