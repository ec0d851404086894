import { expect, test } from '@jest/globals'
import { createDataset } from './dataset/dataset.ts'
import { createImage } from './image/image.ts'
import { type Random, randomStream } from './random.ts'
import { createSample, type Sample } from './sample.ts'
import { createSampleLoader, type Transform, transformSample } from './transform.ts'

const shift: Transform<{ by: number }> = {
  makeParams: (random: Random) => ({ by: random.uniform(-1, 1) }),
  apply: (sample: Sample, { by }) => ({ ...sample, keypoints: sample.keypoints.map((value) => value + by) }),
}

test('transformSample makes and applies params, which survive JSON', () => {
  const sample = createSample({
    id: 'a',
    image: createImage(new Uint8Array(4), 2, 2, 1),
    keypoints: Float32Array.of(0, 1),
  })
  const stream = (): Random => randomStream({ seed: 1, purpose: 'augment' })
  const params = JSON.parse(JSON.stringify(shift.makeParams(stream(), sample)))
  expect(transformSample(shift, sample, stream())).toEqual(shift.apply(sample, params))
})

test('createSampleLoader: a key determines the sample, in any order of reads', async () => {
  const image = createImage(new Uint8Array(4), 2, 2, 1)
  const samples = ['a', 'b'].map((id) => createSample({ id, image, keypoints: Float32Array.of(0, 1) }))
  const dataset = createDataset({ name: 'one', pointNames: ['p'], flipPairs: [], parts: [] }, samples)
  const loadSample = createSampleLoader(dataset, shift as Transform)
  const key = { index: 1, seed: 5, epoch: 2 }
  const first = await loadSample(key)
  await loadSample({ ...key, index: 0 })
  expect(await createSampleLoader(dataset, shift as Transform)(key)).toEqual(first)
  expect(first).toEqual(transformSample(shift, samples[1] as Sample, randomStream({ ...key, purpose: 'augment' })))
  for (const other of [{ seed: 6 }, { epoch: 3 }]) {
    expect((await loadSample({ ...key, ...other })).keypoints).not.toEqual(first.keypoints)
  }
  expect(await createSampleLoader(dataset)(key)).toBe(samples[1])
  await expect(loadSample(key, AbortSignal.abort(new Error('aborted')))).rejects.toThrow('aborted')
})
