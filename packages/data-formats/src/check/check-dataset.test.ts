import {
  createDataset,
  createImage,
  createSample,
  type Dataset,
  flipIndices,
  IMM_58,
  mapDataset,
  pickKeypoints,
  type Sample,
  selectKeypoints,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { beforeAll, expect, test } from '@jest/globals'
import { checkDataset } from './check-dataset.ts'

let faces: Sample[] = []
beforeAll(async () => {
  const drawn = syntheticFaces({ seed: 3, count: 12, scheme: IMM_58, width: 64, height: 64 })
  faces = await Promise.all(Array.from({ length: 12 }, (_, index) => drawn.get(index)))
})

/** The drawn faces with one changed. */
function withFault(index: number, change: (sample: Sample) => Sample): Dataset {
  return createDataset(
    IMM_58,
    faces.map((sample, at) => (at === index ? change(sample) : sample)),
  )
}

const kinds = async (dataset: Dataset): Promise<[string, number][]> =>
  (await checkDataset(dataset, { minFaceSize: 8 })).faults.map(({ kind, index }) => [kind, index])

test('drawn faces have no fault', async () => {
  const { faults, samples, counts, sizes } = await checkDataset(createDataset(IMM_58, faces), { minFaceSize: 8 })
  expect(faults).toEqual([])
  expect([samples, counts]).toEqual([12, {}])
  expect(Object.values(sizes).reduce((sum, count) => sum + count)).toBe(12)
})

test.each<[string, (sample: Sample) => Sample]>([
  ['noLabels', (sample) => ({ ...sample, visibility: new Uint8Array(58) })],
  ['outside', (sample) => ({ ...sample, keypoints: sample.keypoints.map((value, i) => (i === 4 ? -9 : value)) })],
  ['degenerateBox', (sample) => ({ ...sample, box: { left: 1, top: 1, width: 0, height: 5 } })],
  ['duplicateImage', (sample) => ({ ...sample, image: (faces[0] as Sample).image })],
  ['duplicateId', (sample) => ({ ...sample, id: (faces[0] as Sample).id })],
  ['swappedSides', (sample) => ({ ...sample, keypoints: swapSides(sample.keypoints) })],
  [
    'outlierShape',
    (sample) => ({
      ...sample,
      keypoints: Float32Array.from(sample.keypoints, (_, i) =>
        i % 2 === 0 ? 30 + 12 * Math.cos(i * i) : 30 + 12 * Math.sin(3 * i),
      ),
    }),
  ],
])('%s is found at its sample', async (kind, change) => {
  expect(await kinds(withFault(5, change))).toContainEqual([kind, 5])
})

test('a face whose points are all at one place does not hide the faults of others, not even the first face', async () => {
  const atOnePlace = (sample: Sample): Sample => ({ ...sample, keypoints: sample.keypoints.map(() => 30) })
  const swapped = (sample: Sample): Sample => ({ ...sample, keypoints: swapSides(sample.keypoints) })
  for (const degenerate of [0, 7]) {
    const samples = faces.map((sample, at) => {
      if (at === degenerate) return atOnePlace(sample)
      return at === 5 ? swapped(sample) : sample
    })
    expect(await kinds(createDataset(IMM_58, samples))).toEqual([
      ['smallFace', degenerate],
      ['swappedSides', 5],
    ])
  }
})

test('shapes are not compared with those of a split whose points have another order', async () => {
  const reverse = pickKeypoints(IMM_58, 'reversed', [...IMM_58.pointNames.keys()].reverse())
  const order = [...reverse.pointNames.keys()].reverse()
  const some = createDataset(IMM_58, faces.slice(0, 3))
  const test = mapDataset(some, (sample) => selectKeypoints(sample, order), reverse)
  const { faults } = await checkDataset({ train: createDataset(IMM_58, faces), test }, { minFaceSize: 0 })
  expect(faults.filter(({ kind }) => kind === 'swappedSides' || kind === 'outlierShape')).toEqual([])
})

// 20 x 20 pixels of a crop that shrank 1 x 4 pixels of the photograph to each: 20 x 80.
test('the size of a face in a stretched crop is that in its photograph', async () => {
  const sample = createSample({
    id: 'a',
    image: createImage(new Uint8Array(32 * 32), 32, 32, 1),
    keypoints: Float32Array.of(0, 0, 20, 20),
    toSource: [1, 0, 0, 0, 4, 1.5],
  })
  const scheme = { name: 'two', pointNames: ['p', 'q'], flipPairs: [], parts: [] }
  const { faults, sizes } = await checkDataset(createDataset(scheme, [sample]), { minFaceSize: 79 })
  expect([faults, sizes['<128']]).toEqual([[], 1])
})

test('a tiny face is found', async () => {
  const { faults } = await checkDataset(createDataset(IMM_58, faces), { minFaceSize: 60 })
  expect(faults.filter(({ kind }) => kind === 'smallFace').length).toBeGreaterThan(0)
})

test('an image in two splits is found by its content, several faces in one image are no fault', async () => {
  const sample = faces[0] as Sample
  const keypoints = sample.keypoints.map((value) => value + 1)
  const train = createDataset(IMM_58, [sample, { ...sample, id: `${sample.id}#2`, keypoints }])
  const { faults } = await checkDataset({ train, test: createDataset(IMM_58, [{ ...sample, id: 'other.jpg' }]) })
  expect(faults.map(({ kind, split, id }) => [kind, split, id])).toEqual([['sharedImage', 'test', 'other.jpg']])
})

test('a face that an image has twice is found', async () => {
  const sample = faces[0] as Sample
  const dataset = createDataset(IMM_58, [sample, { ...sample, id: `${sample.id}#2` }])
  expect(await kinds(dataset)).toEqual([['duplicateFace', 1]])
})

test('unreadable images are listed, all of them, and other errors are not hidden', async () => {
  const { FacekpError } = await import('@facekp/core')
  const broken = (error: Error): Dataset => ({
    length: 3,
    scheme: IMM_58,
    get: async (index) => {
      if (index === 1) return faces[0] as Sample
      throw error
    },
  })
  const { faults } = await checkDataset(
    broken(new FacekpError({ code: 'IMAGE_DAMAGED', problem: 'damaged', file: 'a.jpg' })),
  )
  expect(faults.map(({ kind, index, id }) => [kind, index, id])).toEqual([
    ['unreadable', 0, 'a.jpg'],
    ['unreadable', 2, 'a.jpg'],
  ])
  await expect(checkDataset(broken(new TypeError('a bug')))).rejects.toThrow('a bug')
})

test('invalid options and an aborted signal end it', async () => {
  const image = createImage(new Uint8Array(4), 2, 2, 1)
  const dataset = createDataset({ name: 'one', pointNames: ['p'], flipPairs: [], parts: [] }, [
    createSample({ id: 'a', image, keypoints: Float32Array.of(1, 1) }),
  ])
  await expect(checkDataset(dataset, { minFaceSize: -1 })).rejects.toMatchObject({ code: 'CHECK_OPTIONS' })
  await expect(checkDataset(dataset, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
})

function swapSides(keypoints: Float32Array): Float32Array {
  const flip = flipIndices(IMM_58)
  return keypoints.map((_, at) => keypoints[2 * (flip[at >> 1] as number) + (at % 2)] as number)
}
