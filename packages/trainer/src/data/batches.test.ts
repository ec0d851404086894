import { createSampleLoader, type Dataset, type Sample, subset } from '@facekp/core'
import { describe, expect, jest, test } from '@jest/globals'
import { dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { type Batch, loadBatches, loadEpochBatches } from './batches.ts'

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const collected: Batch[] = []
  for await (const batch of batches) collected.push(batch)
  return collected
}

const ids = (batches: readonly Batch[]): string[][] => batches.map(({ samples }) => samples.map(({ id }) => id))

describe('loadBatches', () => {
  test('loads every sample once, the last batch smaller', async () => {
    const batches = await collect(loadBatches(dots(5), { batchSize: 2 }))
    expect(ids(batches)).toEqual([['dot 0', 'dot 1'], ['dot 2', 'dot 3'], ['dot 4']])
    expect(batches.map(({ images }) => images.length)).toEqual([2, 2, 1].map((count) => count * WIDTH * HEIGHT))
  })

  test('converts pixels to -0.5..0.5 and points to relative coordinates', async () => {
    const dataset = dots(1)
    const sample = await dataset.get(0)
    const [batch] = await collect(loadBatches(dataset, { batchSize: 1 }))
    expect(batch?.images[17]).toBeCloseTo((sample.image.data[17] as number) / 255 - 0.5)
    expect(batch?.targets[0]).toBeCloseTo(((sample.keypoints[0] as number) + 0.5) / WIDTH)
    expect(batch?.targets[1]).toBeCloseTo(((sample.keypoints[1] as number) + 0.5) / HEIGHT)
    expect([...(batch?.targetWeights ?? [])]).toEqual([1, 1])
  })

  test('lets the event loop run between samples that take long', async () => {
    const clock = jest.spyOn(performance, 'now')
    let clockMs = 0
    clock.mockImplementation(() => clockMs)
    try {
      let ticks = 0
      const ticksAtLoad: number[] = []
      setImmediate(() => ticks++)
      const dataset = dots(8)
      const load = async (index: number): Promise<Sample> => {
        clockMs += 10
        ticksAtLoad.push(ticks)
        return dataset.get(index)
      }
      await collect(loadBatches(dataset, { batchSize: 8, load }))
      expect(ticksAtLoad).toHaveLength(8)
      expect(ticksAtLoad.at(-1)).toBe(1)
    } finally {
      clock.mockRestore()
    }
  })

  test('a point without a label has target 0 for any coordinates', async () => {
    const load = async (index: number): Promise<Sample> => ({
      ...(await dots(1).get(index)),
      keypoints: Float32Array.of(Number.NaN, 3),
      visibility: Uint8Array.of(0),
    })
    const [batch] = await collect(loadBatches(dots(1), { batchSize: 1, load }))
    expect([...(batch?.targets ?? []), ...(batch?.targetWeights ?? [])]).toEqual([0, 0, 0, 0])
  })

  test('loads the next batch while one is used, and no further', async () => {
    const loaded: number[] = []
    const dataset: Dataset = {
      ...dots(8),
      get: async (index) => {
        loaded.push(index)
        return dots(8).get(index)
      },
    }
    // No time passes, or the loading would let the event loop run in between.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0)
    try {
      const batches = loadBatches(dataset, { batchSize: 2 })
      await batches.next()
      await new Promise((resolve) => setImmediate(resolve))
      expect(loaded).toEqual([0, 1, 2, 3])
      await batches.return()
    } finally {
      clock.mockRestore()
    }
  })

  test('an error of the dataset reaches the consumer at its batch, and no other', async () => {
    const dataset: Dataset = {
      ...dots(4),
      get: async (index) => {
        if (index === 2) throw new Error('sample 2 is broken')
        return dots(4).get(index)
      },
    }
    const batches = loadBatches(dataset, { batchSize: 2 })
    expect((await batches.next()).done).toBe(false)
    await expect(batches.next()).rejects.toThrow('sample 2 is broken')

    const left = loadBatches(dataset, { batchSize: 2 })
    await left.next()
    await left.return() // the loading batch fails without a handler
    await new Promise((resolve) => setImmediate(resolve))
  })

  test('throws the reason of an aborted signal', async () => {
    const controller = new AbortController()
    const batches = loadBatches(dots(4), { batchSize: 2, signal: controller.signal })
    await batches.next()
    controller.abort(new Error('enough'))
    await expect(batches.next()).rejects.toThrow('enough')
  })
})

describe('loadEpochBatches', () => {
  const shift = {
    makeParams: (random: { uniform(): number }) => random.uniform(),
    apply: (sample: Sample, by: number): Sample => ({
      ...sample,
      keypoints: sample.keypoints.map((value) => value + by),
    }),
  }
  const epoch = (number: number, seed = 1, count = 6) => {
    const dataset = subset(dots(6), [...Array(count).keys()])
    const loader = createSampleLoader(dataset, shift as never)
    return collect(loadEpochBatches(dataset, { batchSize: 4, seed, epoch: number, loader }))
  }

  test('order and augmentation depend on seed and epoch', async () => {
    const [first, again, second, other] = [await epoch(1), await epoch(1), await epoch(2), await epoch(1, 2)]
    expect(first).toEqual(again)
    expect(ids(second)).not.toEqual(ids(first))
    expect(ids(other)).not.toEqual(ids(first))
    expect(ids(second).flat().sort()).toEqual(ids(first).flat().sort())
  })

  test('a sample is augmented the same at any place in the order, and differently in another epoch', async () => {
    const getX = (batches: readonly Batch[], id: string) =>
      batches.flatMap(({ samples }) => samples).find((sample) => sample.id === id)?.keypoints[0]
    expect(getX(await epoch(1, 1, 5), 'dot 3')).toBe(getX(await epoch(1), 'dot 3'))
    expect(getX(await epoch(2), 'dot 3')).not.toBe(getX(await epoch(1), 'dot 3'))
  })
})
