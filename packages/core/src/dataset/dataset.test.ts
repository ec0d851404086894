import { beforeEach, describe, expect, test } from '@jest/globals'
import { createImage } from '../image/image.ts'
import { createSample, type Sample, selectKeypoints } from '../sample.ts'
import { defineScheme, pickKeypoints } from '../schemes/scheme.ts'
import { cacheDataset } from './cache-dataset.ts'
import { checkIndex, checkLoadedSample, createDataset, type Dataset } from './dataset.ts'
import { groupKFold, groupShuffleSplit, groupSplit } from './group-split.ts'
import { mapDataset } from './map-dataset.ts'
import { subset } from './subset.ts'

const scheme = defineScheme({ name: 'two', pointNames: ['a', 'b'], flipPairs: [], parts: [] })

const face = (index: number): Sample =>
  createSample({
    id: `face ${index}`,
    image: createImage(new Uint8Array(100), 10, 10, 1),
    keypoints: Float32Array.of(index, 1, 2, 3),
  })

let readIndices: number[]
let faces: Dataset
beforeEach(() => {
  readIndices = []
  faces = {
    length: 10,
    scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, 10)
      readIndices.push(index)
      await new Promise((resolve) => setImmediate(resolve))
      return face(index)
    },
  }
})

const ids = async (dataset: Dataset): Promise<string[]> =>
  Promise.all(Array.from({ length: dataset.length }, async (_, i) => (await dataset.get(i)).id))

describe('createDataset', () => {
  test('returns the samples', async () => {
    const dataset = createDataset(scheme, [face(0), face(1)])
    expect(await ids(dataset)).toEqual(['face 0', 'face 1'])
    await expect(dataset.get(0, AbortSignal.abort(new Error('aborted')))).rejects.toThrow('aborted')
  })

  test.each([2, -1, 0.5, Number.NaN])('throws for index %d', async (index) => {
    await expect(createDataset(scheme, [face(0), face(1)]).get(index)).rejects.toMatchObject({
      code: 'DATASET_INDEX',
      expected: '0 to 1',
    })
  })

  test('throws for a sample of another scheme, and says that a dataset is empty', async () => {
    expect(() => createDataset(scheme, [selectKeypoints(face(3), [0])])).toThrow(
      expect.objectContaining({ code: 'KEYPOINT_COUNT', message: expect.stringContaining('face 3') }),
    )
    const changed = { ...face(3), visibility: Uint8Array.of(2, 255) }
    expect(() => createDataset(scheme, [changed])).toThrow(expect.objectContaining({ code: 'KEYPOINT_VISIBILITY' }))
    await expect(createDataset(scheme, []).get(0)).rejects.toMatchObject({ expected: expect.stringContaining('empty') })
  })
})

describe('checkLoadedSample', () => {
  test.each([
    ['undefined', undefined, 'SAMPLE_INVALID'],
    ['an image', { ...face(0).image, id: 'image' }, 'SAMPLE_INVALID'],
    ['fewer points', selectKeypoints(face(3), [0]), 'KEYPOINT_COUNT'],
    [
      'an infinite point',
      { ...face(3), keypoints: Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY) },
      'KEYPOINT_NOT_FINITE',
    ],
  ])('refuses %s', (_, sample, code) => {
    expect(() => checkLoadedSample(sample as Sample, 7, scheme)).toThrow(expect.objectContaining({ code }))
  })
})

describe('subset', () => {
  test('selects samples in order, also repeatedly', async () => {
    expect(await ids(subset(faces, [3, 1, 3]))).toEqual(['face 3', 'face 1', 'face 3'])
    expect(() => subset(faces, [10])).toThrow(expect.objectContaining({ code: 'DATASET_INDEX', received: '10' }))
  })
})

describe('mapDataset', () => {
  test('maps samples as they are read, and has the new scheme', async () => {
    const nose = pickKeypoints(scheme, 'one', [1])
    const mapped = mapDataset(
      faces,
      (sample, index) => ({ ...selectKeypoints(sample, [1]), id: `${sample.id} ${index}` }),
      nose,
    )
    expect(mapped.scheme).toBe(nose)
    expect(readIndices).toEqual([])
    expect(await mapped.get(4)).toMatchObject({ id: 'face 4 4', keypoints: Float32Array.of(2, 3) })
    await expect(mapped.get(10)).rejects.toMatchObject({ code: 'DATASET_INDEX' })
    const withoutScheme = mapDataset(faces, (sample) => selectKeypoints(sample, [1]))
    await expect(withoutScheme.get(4)).rejects.toMatchObject({ code: 'KEYPOINT_COUNT', expected: '2' })
  })
})

describe('cacheDataset', () => {
  // A sample has 100 + 16 + 2 bytes.
  test('reads each sample once', async () => {
    const cached = cacheDataset(faces)
    await cached.get(3)
    await cached.get(3)
    await Promise.all([cached.get(5), cached.get(5)])
    expect(readIndices).toEqual([3, 5])
  })

  test('evicts the least recently used sample beyond its limit', async () => {
    const cached = cacheDataset(faces, { maxBytes: 250 })
    for (const index of [0, 1, 0, 2]) await cached.get(index)
    readIndices.length = 0
    for (const index of [0, 2]) await cached.get(index)
    expect(readIndices).toEqual([])
    await cached.get(1)
    expect(readIndices).toEqual([1])
  })

  test('does not cache a sample larger than the limit', async () => {
    const cached = cacheDataset(faces, { maxBytes: 10 })
    await cached.get(0)
    await cached.get(0)
    expect(readIndices).toEqual([0, 0])
  })

  test('keeps no larger array of which a sample is a part', async () => {
    const sample = face(0)
    const large = new Uint8Array(1000)
    large.set(sample.image.data, 7)
    const points = Float32Array.of(9, ...sample.keypoints)
    const view = {
      ...sample,
      image: { ...sample.image, data: large.subarray(7, 7 + sample.image.data.length) },
      keypoints: points.subarray(1),
    }
    const cached = await cacheDataset({ ...faces, get: async () => view }).get(0)
    expect(cached).toEqual(sample)
    expect(cached.image.data.buffer.byteLength).toBe(sample.image.data.length)
    expect(cached.keypoints.buffer.byteLength).toBe(4 * sample.keypoints.length)
  })

  test('does not cache a failed read', async () => {
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

  test("does not abort another caller's read", async () => {
    const cached = cacheDataset(faces)
    const controller = new AbortController()
    const aborted = cached.get(1, controller.signal)
    const completed = cached.get(1)
    controller.abort(new Error('aborted'))
    await expect(aborted).rejects.toThrow('aborted')
    expect((await completed).id).toBe('face 1')
  })

  test.each([0, -5, Number.NaN])('throws for a limit of %d', (maxBytes) => {
    expect(() => cacheDataset(faces, { maxBytes })).toThrow(expect.objectContaining({ code: 'CACHE_LIMIT' }))
  })
})

describe('groupSplit', () => {
  const people = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]

  test('puts all samples of a group into one part', async () => {
    const parts = groupSplit(faces, people, ['train', 'validation'], (person) => (person < 4 ? 'train' : 'validation'))
    expect(await ids(parts.train)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `face ${i}`))
    expect(await ids(parts.validation)).toEqual([6, 7, 8, 9].map((i) => `face ${i}`))
  })

  test('throws for a wrong number of groups, an unknown part, an empty part', () => {
    expect(() => groupSplit(faces, [1], ['train'], () => 'train')).toThrow(
      expect.objectContaining({ code: 'SPLIT_GROUPS' }),
    )
    expect(() => groupSplit<number, string>(faces, people, ['train'], () => 'test')).toThrow(
      expect.objectContaining({ code: 'SPLIT_GROUPS', received: 'test' }),
    )
    expect(() => groupSplit<number, string>(faces, people, ['train', 'test'], () => 'train')).toThrow(
      expect.objectContaining({ code: 'SPLIT_EMPTY', received: expect.stringContaining('samples of groups 1') }),
    )
  })

  test('groupShuffleSplit separates the groups, as the seed determines', async () => {
    const split = async (seed: number) => {
      const parts = groupShuffleSplit(faces, people, { fraction: 0.4, seed })
      return [await ids(parts.train), await ids(parts.validation)] as const
    }
    const [train, validation] = await split(1)
    expect([train.length, validation.length]).toEqual([6, 4])
    const person = (id: string): number => people[Number(id.split(' ')[1])] as number
    const trainPeople = new Set(train.map(person))
    expect(validation.some((id) => trainPeople.has(person(id)))).toBe(false)
    expect(await split(1)).toEqual([train, validation])
    const others = await Promise.all([2, 3, 4, 5].map(split))
    expect(others.some(([, other]) => other.join() !== validation.join())).toBe(true)
  })

  test('groupKFold validates on each sample once, and separates the groups', async () => {
    const validated: string[] = []
    for (const fold of [1, 2, 3]) {
      const { train, validation } = groupKFold(faces, people, { folds: 3, fold, seed: 1 })
      const person = (id: string): number => people[Number(id.split(' ')[1])] as number
      const trainPeople = new Set((await ids(train)).map(person))
      const names = await ids(validation)
      expect(names.some((id) => trainPeople.has(person(id)))).toBe(false)
      expect(train.length + validation.length).toBe(faces.length)
      validated.push(...names)
    }
    expect(validated.sort()).toEqual((await ids(faces)).sort())
    for (const [folds, fold] of [
      [1, 1],
      [3, 0],
      [3, 4],
      [99, 1],
      [2.5, 1],
    ] as const) {
      expect(() => groupKFold(faces, people, { folds, fold, seed: 1 })).toThrow(
        expect.objectContaining({ code: 'SPLIT_FOLD' }),
      )
    }
  })

  test.each([0, 1, -1, Number.NaN])('throws for a fraction of %d', (fraction) => {
    expect(() => groupShuffleSplit(faces, people, { fraction, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'SPLIT_FRACTION' }),
    )
  })

  test('each part gets at least one group, for any fraction', () => {
    const parts = groupShuffleSplit(faces, people, { fraction: 0.01, seed: 1 })
    expect(parts.validation.length).toBe(2)
    expect(groupShuffleSplit(faces, people, { fraction: 0.99, seed: 1 }).train.length).toBe(2)
  })
})
