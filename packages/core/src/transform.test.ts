import { expect, test } from '@jest/globals'
import { createImage } from './image.ts'
import { type Random, randomStream } from './random.ts'
import { createSample, type Sample } from './sample.ts'
import { type Transform, transformSample } from './transform.ts'

const shift: Transform<{ by: number }> = {
  draw: (random: Random) => ({ by: random.uniform(-1, 1) }),
  apply: (sample: Sample, { by }) => ({ ...sample, keypoints: sample.keypoints.map((value) => value + by) }),
}

test('transformSample draws and applies; what was drawn survives JSON and does the same again', () => {
  const sample = createSample({
    id: 'a',
    image: createImage(new Uint8Array(4), 2, 2, 1),
    keypoints: Float32Array.of(0, 1),
  })
  const stream = (): Random => randomStream({ seed: 1, purpose: 'augment' })
  const params = JSON.parse(JSON.stringify(shift.draw(stream(), sample)))
  expect(transformSample(shift, sample, stream())).toEqual(shift.apply(sample, params))
})
