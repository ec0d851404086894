import { beforeEach, describe, expect, test } from '@jest/globals'
import { cacheDataset } from './cache.ts'
import { checkIndex, createDataset, type Dataset } from './dataset.ts'
import { createImage } from './image.ts'
import { mapDataset } from './map.ts'
import { createSample, type Sample, selectKeypoints } from './sample.ts'
import { defineScheme, pickKeypoints } from './scheme.ts'
import { groupShuffleSplit, groupSplit } from './split.ts'
import { subset } from './subset.ts'

const scheme = defineScheme({ name: 'two', pointNames: ['a', 'b'], flipPairs: [], parts: [] })

const face = (index: number): Sample =>
  createSample({
    id: `face ${index}`,
    image: createImage(new Uint8Array(100), 10, 10, 1),
    keypoints: Float32Array.of(index, 1, 2, 3),
  })

let read: number[]
let faces: Dataset
beforeEach(() => {
  read = []
  faces = {
    length: 10,
    scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, 10)
      read.push(index)
      await new Promise((resolve) => setImmediate(resolve))
      return face(index)
    },
  }
})

const ids = async (dataset: Dataset): Promise<string[]> =>
  Promise.all(Array.from({ length: dataset.length }, async (_, i) => (await dataset.get(i)).id))

describe('createDataset', () => {
  test('gives the samples at hand', async () => {
    const dataset = createDataset(scheme, [face(0), face(1)])
    expect(await ids(dataset)).toEqual(['face 0', 'face 1'])
    await expect(dataset.get(0, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })

  test.each([2, -1, 0.5, Number.NaN])('there is no sample %d', async (index) => {
    await expect(createDataset(scheme, [face(0), face(1)]).get(index)).rejects.toMatchObject({
      code: 'DATASET_INDEX',
      expected: '0 to 1',
    })
  })

  test('a sample of another scheme is refused, and an empty set says that it is', async () => {
    expect(() => createDataset(scheme, [selectKeypoints(face(3), [0])])).toThrow(
      expect.objectContaining({ code: 'KEYPOINT_COUNT', message: expect.stringContaining('face 3') }),
    )
    await expect(createDataset(scheme, []).get(0)).rejects.toMatchObject({ expected: expect.stringContaining('empty') })
  })
})

describe('subset', () => {
  test('takes samples in the order given, again where asked', async () => {
    expect(await ids(subset(faces, [3, 1, 3]))).toEqual(['face 3', 'face 1', 'face 3'])
    expect(() => subset(faces, [10])).toThrow(expect.objectContaining({ code: 'DATASET_INDEX', received: '10' }))
  })
})

describe('mapDataset', () => {
  test('changes samples as they are read, and names the new scheme', async () => {
    const nose = pickKeypoints(scheme, 'one', [1])
    const mapped = mapDataset(
      faces,
      (sample, index) => ({ ...selectKeypoints(sample, [1]), id: `${sample.id} ${index}` }),
      nose,
    )
    expect(mapped.scheme).toBe(nose)
    expect(read).toEqual([])
    expect(await mapped.get(4)).toMatchObject({ id: 'face 4 4', keypoints: Float32Array.of(2, 3) })
    await expect(mapped.get(10)).rejects.toMatchObject({ code: 'DATASET_INDEX' })
  })
})

describe('cacheDataset', () => {
  // A sample takes 100 + 16 + 2 bytes.
  test('reads each sample once', async () => {
    const cached = cacheDataset(faces)
    await cached.get(3)
    await cached.get(3)
    await Promise.all([cached.get(5), cached.get(5)])
    expect(read).toEqual([3, 5])
  })

  test('over its limit it lets go of what was used longest ago', async () => {
    const cached = cacheDataset(faces, { maxBytes: 250 })
    for (const index of [0, 1, 0, 2]) await cached.get(index)
    read.length = 0
    for (const index of [0, 2]) await cached.get(index)
    expect(read).toEqual([])
    await cached.get(1)
    expect(read).toEqual([1])
  })

  test('a sample larger than the limit is read, and not kept', async () => {
    const cached = cacheDataset(faces, { maxBytes: 10 })
    await cached.get(0)
    await cached.get(0)
    expect(read).toEqual([0, 0])
  })

  test('a failed read is not kept', async () => {
    let fails = true
    const cached = cacheDataset({
      ...faces,
      get: async (index) => {
        if (fails) throw new Error('broken')
        return face(index)
      },
    })
    await expect(cached.get(1)).rejects.toThrow('broken')
    fails = false
    expect((await cached.get(1)).id).toBe('face 1')
  })

  test("one reader's signal does not end another's read", async () => {
    const cached = cacheDataset(faces)
    const controller = new AbortController()
    const [mine, yours] = [cached.get(1, controller.signal), cached.get(1)]
    controller.abort(new Error('enough'))
    await expect(mine).rejects.toThrow('enough')
    expect((await yours).id).toBe('face 1')
  })

  test.each([0, -5, Number.NaN])('a limit of %d is an error', (maxBytes) => {
    expect(() => cacheDataset(faces, { maxBytes })).toThrow(expect.objectContaining({ code: 'CACHE_LIMIT' }))
  })
})

describe('groupSplit', () => {
  const people = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]

  test('puts all samples of a key into one part', async () => {
    const parts = groupSplit(faces, people, ['train', 'validation'], (person) => (person < 4 ? 'train' : 'validation'))
    expect(await ids(parts.train)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `face ${i}`))
    expect(await ids(parts.validation)).toEqual([6, 7, 8, 9].map((i) => `face ${i}`))
  })

  test('refuses a wrong number of keys, a part that was not asked for, an empty part', () => {
    expect(() => groupSplit(faces, [1], ['train'], () => 'train')).toThrow(
      expect.objectContaining({ code: 'SPLIT_KEYS' }),
    )
    expect(() => groupSplit<number, string>(faces, people, ['train'], () => 'test')).toThrow(
      expect.objectContaining({ code: 'SPLIT_KEYS', received: 'test' }),
    )
    expect(() => groupSplit<number, string>(faces, people, ['train', 'test'], () => 'train')).toThrow(
      expect.objectContaining({ code: 'SPLIT_EMPTY', received: expect.stringContaining('samples of keys 1') }),
    )
  })

  test('at random nobody is in two parts, and the seed decides who is where', async () => {
    const split = async (seed: number) => {
      const parts = groupShuffleSplit(faces, people, { fraction: 0.4, seed })
      return [await ids(parts.train), await ids(parts.validation)] as const
    }
    const [train, validation] = await split(1)
    expect([train.length, validation.length]).toEqual([6, 4])
    const person = (id: string): number => people[Number(id.split(' ')[1])] as number
    const known = new Set(train.map(person))
    expect(validation.some((id) => known.has(person(id)))).toBe(false)
    expect(await split(1)).toEqual([train, validation])
    const others = await Promise.all([2, 3, 4, 5].map(split))
    expect(others.some(([, other]) => other.join() !== validation.join())).toBe(true)
  })

  test.each([0, 1, -1, Number.NaN])('a fraction of %d is an error', (fraction) => {
    expect(() => groupShuffleSplit(faces, people, { fraction, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'SPLIT_FRACTION' }),
    )
  })

  test('each part gets at least one key, however small its fraction', () => {
    const parts = groupShuffleSplit(faces, people, { fraction: 0.01, seed: 1 })
    expect(parts.validation.length).toBe(2)
    expect(groupShuffleSplit(faces, people, { fraction: 0.99, seed: 1 }).train.length).toBe(2)
  })
})
