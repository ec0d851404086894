import { createImage } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { difference, fixtureBytes } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'
import { encodeJpeg, encodePng } from './encode.ts'

test.each([1, 3] as const)('a PNG of %d channels is lossless', async (channels) => {
  const image = await decodeImage(fixtureBytes('rgb.png'), { channels })
  const png = await encodePng(image)
  expect(await decodeImage(png, { channels })).toEqual(image)
  // The color type in the header: 0 is gray, 2 is RGB.
  expect(png[25]).toBe(channels === 1 ? 0 : 2)
})

describe('a JPEG', () => {
  test('is close to the original, closer at a higher quality', async () => {
    const image = await decodeImage(fixtureBytes('rgb.png'))
    const errorAt = async (quality: number) =>
      difference((await decodeImage(await encodeJpeg(image, { quality }))).data, image.data).mean
    const [poor, good] = [await errorAt(20), await errorAt(95)]
    expect(good).toBeLessThan(3)
    expect(poor).toBeGreaterThan(good)
  })

  test.each([0, 101, Number.NaN])('rejects quality %p', async (quality) => {
    const image = createImage(new Uint8Array(1), 1, 1, 1)
    await expect(encodeJpeg(image, { quality })).rejects.toMatchObject({ code: 'JPEG_QUALITY' })
  })
})

test('rejects floats', async () => {
  const image = createImage(new Float32Array(1), 1, 1, 1)
  await expect(encodePng(image)).rejects.toMatchObject({ code: 'IMAGE_NOT_BYTES' })
  await expect(encodeJpeg(image)).rejects.toMatchObject({ code: 'IMAGE_NOT_BYTES' })
})
