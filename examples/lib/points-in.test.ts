import { createImage, createSample, cropAndResize, warpSample } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { pointsIn } from './points-in.ts'

test('points found in a crop of a picture lie in another crop of it where they are to be drawn', () => {
  const image = createImage(new Uint8Array(200), 20, 10, 1)
  const original = createSample({ id: 'a', image, keypoints: Float32Array.of(9.5, 4.5, 12, 6) })
  const crop = (left: number, side: number) =>
    warpSample(original, cropAndResize({ left, top: 1, width: 8, height: 8 }, side, side), side, side)
  const [seen, shown] = [crop(6, 16), crop(8, 24)]
  expect([...pointsIn(shown, seen, seen.keypoints)].map((value) => value.toFixed(4))).toEqual(
    [...shown.keypoints].map((value) => value.toFixed(4)),
  )
  expect([...pointsIn(original, seen, seen.keypoints)]).toEqual([...original.keypoints])
})
