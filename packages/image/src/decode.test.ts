import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fixtureBytes } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'

test('errors have the name of the bytes', async () => {
  const beginning = fixtureBytes('rgb.png').subarray(0, 100)
  await expect(decodeImage(beginning, { name: 'upload.png' })).rejects.toMatchObject({
    code: 'IMAGE_TRUNCATED',
    file: 'upload.png',
  })
  await expect(decodeImage(new Uint8Array())).rejects.toMatchObject({ code: 'IMAGE_EMPTY', file: 'image' })
})

test('rejects invalid options', async () => {
  const bytes = fixtureBytes('rgb.png')
  for (const options of [{ maxPixels: -1 }, { maxPixels: Number.NaN }, { channels: 4 }, { color: true }]) {
    await expect(decodeImage(bytes, options as object)).rejects.toMatchObject({ code: 'IMAGE_OPTIONS' })
  }
})

test('decodes a subarray of a larger buffer', async () => {
  const bytes = fixtureBytes('rgb.png')
  const larger = new Uint8Array(bytes.length + 20).fill(7)
  larger.set(bytes, 10)
  expect(await decodeImage(larger.subarray(10, 10 + bytes.length))).toEqual(await decodeImage(bytes))
})

test('decodes a damaged file or rejects it with a FacekpError', async () => {
  const names = ['444.jpg', 'progressive.jpg', 'rgb.png', 'palette.png', 'palette.bmp']
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, flip) => {
      const bytes = Uint8Array.from(fixtureBytes(name))
      const place = at % bytes.length
      bytes[place] = (bytes[place] as number) ^ flip
      const outcome = await decodeImage(bytes, { maxPixels: 100_000 }).catch((error) => error)
      expect(outcome.code ?? outcome.channels).toEqual(outcome.code ? expect.stringMatching(/^IMAGE_/) : 3)
    }),
    { numRuns: 200, seed: 7 },
  )
})
