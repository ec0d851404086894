import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hasChromium, testInChromium } from '../../../../tests/support/chromium.ts'
import { closeBrowser, type OpenProgram, openProgram } from '../../../../tests/support/start-chromium.ts'
import { fixtureBytes } from '../../fixtures/fixtures.ts'
import { decodeImage } from '../decode.ts'
import { resizeImage } from '../resize.ts'
import { toImageData } from './image-data.ts'
import { isPageSource } from './page-source.ts'

/** RGBA of 4 x 2 pixels. */
const PIXELS = Array.from({ length: 4 * 4 * 2 }, (_, i) => (i % 4 === 3 ? 255 : (37 * i) % 256))
const RGB = PIXELS.filter((_, i) => i % 4 !== 3)

describe('in a page', () => {
  let program: OpenProgram
  beforeAll(async () => {
    if (hasChromium)
      program = await openProgram({
        module: new URL('../../fixtures/page-program.ts', import.meta.url),
        isSource: true,
      })
  })
  afterAll(closeBrowser)

  testInChromium('reads the pixels of what a page shows, and names what has none', async () => {
    const { images, video, errors } = await program.call('readSources', PIXELS)
    const image = { data: RGB, width: 4, height: 2, channels: 3 }
    for (const name of ['canvas', 'offscreen', 'image', 'blob', 'frame', 'bitmap', 'imageData', 'copy']) {
      expect([name, images[name]]).toEqual([name, image])
    }
    // Videos may round colors.
    const color = [200, 100, 50].map((value) => expect.closeTo(value, -1))
    expect(video).toEqual({ data: color, width: 64, height: 48, channels: 3 })
    const code = 'IMAGE_SOURCE'
    expect(errors).toEqual([
      { code, problem: 'this VideoFrame has no pixels' },
      { code, problem: 'this ImageBitmap has no pixels' },
      { code, problem: 'this HTMLImageElement has no pixels' },
      { code, problem: 'this HTMLVideoElement has no pixels' },
      { code, problem: 'invalid image of a page' },
      { code, problem: 'invalid image of a page' },
      { code, problem: 'invalid pixels of a canvas' },
      { code: 'IMAGE_DAMAGED', problem: 'the browser cannot decode the image' },
    ])
  })

  testInChromium.each(['rgb.png', 'exif-6.jpg'])('decodes %s upright and resizes it as Node does', async (name) => {
    const bytes = fixtureBytes(name)
    const expected = resizeImage(await decodeImage(bytes), 7, 5)
    const { data, ...size } = await program.call('decodeAndResize', Buffer.from(bytes).toString('base64'), 7, 5)
    expect(size).toEqual({ width: 7, height: 5, channels: 3 })
    const differences = [...expected.data].map((value, i) => Math.abs(value - data[i]))
    // Decoders of JPEG may round differently.
    expect(Math.max(...differences)).toBeLessThanOrEqual(name.endsWith('.png') ? 0 : 2)
  })
})

test.each([{}, [], null, { width: 3, height: 3 }, new Uint8Array(3)])('in Node, %p is no page source', (value) => {
  expect(isPageSource(value)).toBe(false)
})

test('normalized pixels are refused', () => {
  const image = { data: new Float32Array(3), width: 1, height: 1, channels: 3 } as const
  expect(() => toImageData(image)).toThrow(expect.objectContaining({ code: 'IMAGE_DATA' }))
})
