import { createDataset, createImage, createSample, IMM_58 } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { shiftFaces } from './shift-faces.ts'

const SIDE = 96

test('samples crops in which faces and their points are shifted by parts of a pixel', async () => {
  // Brightness grows by 2 a pixel to the right, and a crop has a pixel for 4 of the image: by 8 a pixel.
  const image = createImage(
    Uint8Array.from({ length: SIDE ** 2 }, (_, i) => 2 * (i % SIDE)),
    SIDE,
    SIDE,
    1,
  )
  const keypoints = Float32Array.from({ length: 116 }, (_, i) => 30 + (i % 40))
  const sample = createSample({ id: 'a', image, keypoints, box: { left: 24, top: 24, width: 48, height: 48 } })
  const shifts = [
    [0, 0],
    [0.25, 0],
    [-0.5, 1],
  ] as const
  const crops = shiftFaces(createDataset(IMM_58, [sample]), { size: 16, margin: 1 / 6 }, shifts)
  expect(crops.length).toBe(3)
  for (const [index, [x, y]] of shifts.entries()) {
    const crop = await crops.get(index)
    expect(crop.keypoints[0]).toBeCloseTo((30.5 - 16) / 4 - 0.5 + x, 4)
    expect(crop.keypoints[1]).toBeCloseTo((31.5 - 16) / 4 - 0.5 + y, 4)
    const brightness = 2 * (16 + 4 * (5 + 0.5 - x) - 0.5)
    // Bytes are rounded.
    expect(Math.abs((crop.image.data[8 * 16 + 5] as number) - brightness)).toBeLessThanOrEqual(0.5)
  }
})
