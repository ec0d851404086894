import { createImage, createSample, cropAndResize, warpSample } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { mapBetweenSamples } from './map-between-samples.ts'

test('maps points of one crop of an image into another crop of it and into the image', () => {
  const image = createImage(new Uint8Array(200), 20, 10, 1)
  const original = createSample({ id: 'a', image, keypoints: Float32Array.of(9.5, 4.5, 12, 6) })
  const crop = (left: number, side: number) =>
    warpSample(original, cropAndResize({ left, top: 1, width: 8, height: 8 }, side, side), {
      width: side,
      height: side,
    })
  const from = crop(6, 16)
  const to = crop(8, 24)
  expect([...mapBetweenSamples(from.keypoints, from, to)].map((value) => value.toFixed(4))).toEqual(
    [...to.keypoints].map((value) => value.toFixed(4)),
  )
  expect([...mapBetweenSamples(from.keypoints, from, original)]).toEqual([...original.keypoints])
})
