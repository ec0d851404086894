import { expect, test } from '@jest/globals'
import { rotation } from '../geometry/affine.ts'
import { createImage, type Image } from './image.ts'
import { remapImage } from './remap.ts'
import { warpAffine } from './warp-affine.ts'

const far = Float32Array.of(-50, -50)

/** Ways to sample one pixel that lies outside an image. */
const samplers: Record<string, (image: Image, constant: number) => Image> = {
  remapImage: (image, constant) => remapImage(image, far, { width: 1, height: 1, border: { constant } }),
  warpAffine: (image, constant) =>
    warpAffine(image, [1, 0, -50, 0, 1, -50], { width: 1, height: 1, border: { constant } }),
  'warpAffine with a rotation': (image, constant) =>
    warpAffine(image, rotation(30, 90, 90), { width: 1, height: 1, border: { constant } }),
}

test.each(Object.entries(samplers))('%s refuses a constant border that a byte cannot have', (name, sample) => {
  const bytes = createImage(new Uint8Array(16).fill(9), 4, 4, 1)
  for (const constant of [300, -1, 255.6]) {
    expect(() => sample(bytes, constant)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        problem: `argument options.border.constant of ${name.split(' ')[0]}`,
        received: String(constant),
      }),
    )
  }
  for (const constant of [0, 127, 255]) expect(sample(bytes, constant).data[0]).toBe(constant)
  expect(sample(bytes, 123.68).data[0]).toBe(124)
  const reals = createImage(new Float32Array(16), 4, 4, 1)
  expect(sample(reals, 300).data[0]).toBe(300)
})
