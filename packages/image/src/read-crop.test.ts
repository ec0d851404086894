import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageBox } from '@facekp/core'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { difference, fixtureBytes, fixturePath, images } from '../fixtures/fixtures.ts'
import { cropImage } from './crop.ts'
import { readImage } from './read.ts'
import { readCrop } from './read-crop.ts'
import { resizeImage } from './resize.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-crop-'))
})
afterAll(() => rm(folder, { recursive: true }))

const BOXES = [
  { left: 2, top: 1, width: 5, height: 6 },
  { left: -3, top: 2, width: 9, height: 40 },
  { left: 4, top: -8, width: 30, height: 12 },
  { left: -20, top: -20, width: 100, height: 100 },
  { left: 300, top: 0, width: 4, height: 4 },
  { left: -1, top: 0, width: 1, height: 1 },
]

describe.each(['sharp', 'builtin'] as const)('%s', (decoder) => {
  test.each(images.map(([name]) => name))('a crop of %s equals that of the whole image', async (name) => {
    for (const channels of [1, 3] as const) {
      const whole = await readImage(fixturePath(name), { decoder, channels })
      for (const box of [...BOXES, imageBox(whole)]) {
        const part = await readCrop(fixturePath(name), { box, width: 8, height: 7, pad: 99 }, { decoder, channels })
        const { largest } = difference(part.data, resizeImage(cropImage(whole, box, { pad: 99 }), 8, 7).data)
        expect(part).toMatchObject({ width: 8, height: 7, channels })
        expect(largest).toBe(0)
      }
    }
  })

  test('rejects an invalid or too large box', async () => {
    const read = (width: number, maxPixels?: number) =>
      readCrop(
        fixturePath('rgb.png'),
        { box: { left: 0, top: 0, width, height: 20 }, width: 8, height: 8 },
        { decoder, ...(maxPixels ? { maxPixels } : {}) },
      )
    for (const width of [0, 1.5]) await expect(read(width)).rejects.toMatchObject({ code: 'CROP_BOX' })
    await expect(read(Number.NaN)).rejects.toMatchObject({ code: 'ARGUMENT' })
    await expect(read(1e9)).rejects.toMatchObject({ code: 'CROP_BOX', expected: expect.stringContaining('at most') })
    await expect(read(30, 599)).rejects.toMatchObject({ code: 'CROP_BOX' })
    await expect(read(30, 600)).resolves.toMatchObject({ width: 8 })
  })

  test('rejects a truncated file', async () => {
    const path = join(folder, 'cut.jpg')
    await writeFile(path, fixtureBytes('444.jpg').subarray(0, -20))
    const crop = { box: { left: 0, top: 0, width: 2, height: 2 }, width: 2, height: 2 }
    await expect(readCrop(path, crop, { decoder })).rejects.toMatchObject({ code: 'IMAGE_TRUNCATED', file: path })
  })
})
