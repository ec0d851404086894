import type { Sample } from '@facekp/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resumable } from '../../fixtures/resumable.ts'
import { predict } from '../evaluation/predict.ts'
import { train } from '../loop/train.ts'
import type { TrainOptions } from '../loop/train-options.ts'

beforeAll(() => tf.setBackend('cpu'))

/** The pictures that a training learns from, in their order, and what it tells. */
async function seenIn(more: Partial<TrainOptions>) {
  const seen: string[] = []
  const { transform, ...options } = resumable()
  const result = await train({
    ...options,
    transform: {
      makeParams: (random) => random.uniform(0.5, 1),
      apply(sample: Sample, factor) {
        seen.push(`${sample.id} ${factor}`)
        return transform?.apply(sample, factor) ?? sample
      },
    },
    ...more,
  })
  return { ...result, seen }
}

describe('smoke switches', () => {
  test('limitBatches takes so many batches in each epoch, others in each, and as many samples of validation', async () => {
    const { validation } = resumable()
    const asked: number[] = []
    const few = {
      ...(validation as NonNullable<typeof validation>),
      get: (index: number) => {
        asked.push(index)
        return (validation as NonNullable<typeof validation>).get(index)
      },
    }
    const { seen, steps, history, stoppedBy } = await seenIn({ limitBatches: 1, validation: few, epochs: 2 })
    expect([steps, history.length, stoppedBy]).toEqual([2, 2, undefined])
    expect(new Set(seen).size).toBe(8)
    expect(asked).toEqual([0, 1, 2, 3, 0, 1, 2, 3])
  })

  test('limitBatches beyond the data changes nothing', async () => {
    const [all, limited] = [await seenIn({}), await seenIn({ limitBatches: 100 })]
    expect(limited.seen).toEqual(all.seen)
    expect(limited.history.at(-1)?.valLoss).toBe(all.history.at(-1)?.valLoss)
  })

  test('overfitBatches takes the same batches to the pixel in each epoch, and for validation', async () => {
    const { seen, steps } = await seenIn({ overfitBatches: 2, epochs: 3 })
    expect(steps).toBe(6)
    expect(seen).toHaveLength(3 * 2 * 8)
    const [first, ...others] = [0, 1, 2, 3, 4, 5].map((part) => seen.slice(8 * part, 8 * (part + 1)))
    for (const other of others) expect(other).toEqual(first)
  })

  test('a network learns a batch by heart', async () => {
    const options = { ...resumable(), validation: undefined, epochs: 150, overfitBatches: 1, learningRate: 0.01 }
    const { history } = await train(options)
    const [first, last] = [history[0], history.at(-1)]
    expect(last?.trainLoss).toBeLessThan((first?.trainLoss as number) / 20)
    expect(last?.valErrorPx).toBeLessThan((first?.valErrorPx as number) / 2)
    expect((await predict(options.model, options.train)).errorPx).toBeGreaterThan(last?.valErrorPx as number)
  })

  test('both at once are an error', async () => {
    await expect(seenIn({ limitBatches: 1, overfitBatches: 1 })).rejects.toMatchObject({
      code: 'TRAIN_OPTION',
      message: expect.stringContaining('limitBatches'),
    })
  })
})
