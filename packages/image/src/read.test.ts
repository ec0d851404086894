import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { difference, fixtureBytes, fixturePath, images } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'
import { readImage } from './read.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-image-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Maximum differences: the decoders differ for subsampled chroma, which sharp interpolates and jimp repeats. */
function tolerance(name: string, channels: 1 | 3) {
  if (!name.endsWith('.jpg')) return { largest: 0, mean: 0 }
  if (name !== '420.jpg') return { largest: 3, mean: 0.6 }
  return channels === 1 ? { largest: 16, mean: 1.5 } : { largest: 80, mean: 7 }
}

describe.each(['sharp', 'jimp'] as const)('%s', (decoder) => {
  test.each(images)('reads %s as PIL does', async (name, golden) => {
    const image = await readImage(fixturePath(name), { decoder })
    expect(image).toMatchObject({ width: golden.width, height: golden.height, channels: 3 })
    const { largest, mean } = difference(image.data, golden.rgb)
    const allowed = tolerance(name, 3)
    expect(largest).toBeLessThanOrEqual(allowed.largest)
    expect(mean).toBeLessThanOrEqual(allowed.mean)
  })

  test.each(images)('reads %s in gray by Rec. 601', async (name, { rgb }) => {
    const image = await readImage(fixturePath(name), { decoder, channels: 1 })
    expect(image.channels).toBe(1)
    const gray = Array.from({ length: rgb.length / 3 }, (_, i) => {
      const [r, g, b] = rgb.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number]
      return Math.round((299 * r + 587 * g + 114 * b) / 1000)
    })
    const { largest, mean } = difference(image.data, gray)
    const allowed = tolerance(name, 1)
    expect(largest).toBeLessThanOrEqual(allowed.largest)
    expect(mean).toBeLessThanOrEqual(allowed.mean)
  })

  test.each(['image.gif', 'image.webp', 'image.tif', 'cmyk.jpg'])('rejects %s', async (name) => {
    await expect(readImage(fixturePath(name), { decoder })).rejects.toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
      file: fixturePath(name),
    })
  })

  test.each(['444.jpg', 'progressive.jpg', '420.jpg', 'exif-6.jpg', 'rgb.png', 'rgb-16.png', 'rgb.bmp'])(
    'detects that %s is truncated, at any length',
    async (name) => {
      const bytes = fixtureBytes(name)
      const path = join(folder, `${decoder}-${name}`)
      for (const length of [16, 40, Math.floor(bytes.length / 2), bytes.length - 20, bytes.length - 1]) {
        await writeFile(path, bytes.subarray(0, length))
        await expect(readImage(path, { decoder })).rejects.toMatchObject({ code: 'IMAGE_TRUNCATED', file: path })
      }
    },
  )

  test('detects missing bytes in the middle', async () => {
    const bytes = fixtureBytes('rgb.png')
    const path = join(folder, `${decoder}-hole.png`)
    await writeFile(path, Buffer.concat([bytes.subarray(0, 60), bytes.subarray(90)]))
    await expect(readImage(path, { decoder })).rejects.toMatchObject({ file: path })
  })

  test('detects flipped bits in a PNG', async () => {
    const bytes = Uint8Array.from(fixtureBytes('rgb.png'))
    bytes[70] = (bytes[70] as number) ^ 0xff
    const path = join(folder, `${decoder}-flipped.png`)
    await writeFile(path, bytes)
    await expect(readImage(path, { decoder })).rejects.toMatchObject({ code: 'IMAGE_DAMAGED', file: path })
  })

  test('rejects more pixels than maxPixels', async () => {
    const path = fixturePath('rgb.png')
    await expect(readImage(path, { decoder, maxPixels: 23 * 17 - 1 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      file: path,
      received: '23 x 17',
    })
    await expect(readImage(path, { decoder, maxPixels: 23 * 17 })).resolves.toMatchObject({ width: 23 })
  })

  test('rejects a missing file, an empty file, a text and a folder, naming the path', async () => {
    const [missing, empty, text] = ['missing.jpg', 'empty.jpg', 'text.jpg'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(empty, '')
    await writeFile(text, 'not an image')
    const readCode = (path: string) => readImage(path, { decoder }).catch(({ code, file }) => [code, file])
    expect(await readCode(missing)).toEqual(['IMAGE_NOT_FOUND', missing])
    expect(await readCode(join(text, 'below.jpg'))).toEqual(['IMAGE_NOT_FOUND', join(text, 'below.jpg')])
    expect(await readCode(empty)).toEqual(['IMAGE_EMPTY', empty])
    expect(await readCode(text)).toEqual(['IMAGE_UNKNOWN', text])
    expect(await readCode(folder)).toEqual(['IMAGE_IS_FOLDER', folder])
  })
})

test('rejects an unknown decoder', async () => {
  const path = fixturePath('rgb.png')
  await expect(readImage(path, { decoder: 'magic' as 'jimp' })).rejects.toMatchObject({ code: 'IMAGE_OPTIONS' })
})

test('auto reads with sharp if it is installed', async () => {
  const path = fixturePath('420.jpg')
  expect(await readImage(path)).toEqual(await readImage(path, { decoder: 'sharp' }))
})

test('decodeImage and readImage with jimp return the same', async () => {
  const bytes = fixtureBytes('exif-6.jpg')
  expect(await decodeImage(bytes)).toEqual(await readImage(fixturePath('exif-6.jpg'), { decoder: 'jimp' }))
})
