import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { difference, fixtureBytes, fixturePath, pictures } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'
import { readImage } from './read.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-image-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The decoders part where chroma was halved: sharp smooths it when it doubles it again, jimp repeats it. */
function tolerance(name: string, channels: 1 | 3) {
  if (!name.endsWith('.jpg')) return { largest: 0, mean: 0 }
  if (name !== '420.jpg') return { largest: 3, mean: 0.6 }
  return channels === 1 ? { largest: 16, mean: 1.5 } : { largest: 80, mean: 7 }
}

describe.each(['sharp', 'jimp'] as const)('%s', (decoder) => {
  test.each(pictures)('reads %s as PIL does', async (name, golden) => {
    const image = await readImage(fixturePath(name), { decoder })
    expect(image).toMatchObject({ width: golden.width, height: golden.height, channels: 3 })
    const { largest, mean } = difference(image.data, golden.rgb)
    const allowed = tolerance(name, 3)
    expect(largest).toBeLessThanOrEqual(allowed.largest)
    expect(mean).toBeLessThanOrEqual(allowed.mean)
  })

  test.each(pictures)('reads %s in gray by Rec. 601', async (name, { rgb }) => {
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

  test.each(['picture.gif', 'picture.webp', 'picture.tif', 'cmyk.jpg'])('refuses %s', async (name) => {
    await expect(readImage(fixturePath(name), { decoder })).rejects.toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
      file: fixturePath(name),
    })
  })

  test.each(['444.jpg', 'progressive.jpg', '420.jpg', 'exif-6.jpg', 'rgb.png', 'rgb-16.png', 'rgb.bmp'])(
    'finds %s truncated, wherever it is cut',
    async (name) => {
      const bytes = fixtureBytes(name)
      const path = join(folder, `${decoder}-${name}`)
      for (const length of [16, 40, Math.floor(bytes.length / 2), bytes.length - 20, bytes.length - 1]) {
        await writeFile(path, bytes.subarray(0, length))
        await expect(readImage(path, { decoder })).rejects.toMatchObject({ code: 'IMAGE_TRUNCATED', file: path })
      }
    },
  )

  test('finds what is missing in the middle, the end being there', async () => {
    const bytes = fixtureBytes('rgb.png')
    const path = join(folder, `${decoder}-hole.png`)
    await writeFile(path, Buffer.concat([bytes.subarray(0, 60), bytes.subarray(90)]))
    await expect(readImage(path, { decoder })).rejects.toMatchObject({ file: path })
  })

  test('finds flipped bits in a PNG', async () => {
    const bytes = Uint8Array.from(fixtureBytes('rgb.png'))
    bytes[70] = (bytes[70] as number) ^ 0xff
    const path = join(folder, `${decoder}-flipped.png`)
    await writeFile(path, bytes)
    await expect(readImage(path, { decoder })).rejects.toMatchObject({ code: 'IMAGE_DAMAGED', file: path })
  })

  test('does not decode more pixels than allowed', async () => {
    const path = fixturePath('rgb.png')
    await expect(readImage(path, { decoder, maxPixels: 23 * 17 - 1 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      file: path,
      received: '23 x 17',
    })
    await expect(readImage(path, { decoder, maxPixels: 23 * 17 })).resolves.toMatchObject({ width: 23 })
  })

  test('names a missing file, an empty one, a text and a folder', async () => {
    const [missing, empty, text] = ['missing.jpg', 'empty.jpg', 'text.jpg'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(empty, '')
    await writeFile(text, 'this is no picture')
    const codeOf = (path: string) => readImage(path, { decoder }).catch(({ code, file }) => [code, file])
    expect(await codeOf(missing)).toEqual(['IMAGE_NOT_FOUND', missing])
    expect(await codeOf(join(text, 'below.jpg'))).toEqual(['IMAGE_NOT_FOUND', join(text, 'below.jpg')])
    expect(await codeOf(empty)).toEqual(['IMAGE_EMPTY', empty])
    expect(await codeOf(text)).toEqual(['IMAGE_UNKNOWN', text])
    expect(await codeOf(folder)).toEqual(['IMAGE_IS_FOLDER', folder])
  })
})

test('a decoder that there is not is an error', async () => {
  const path = fixturePath('rgb.png')
  await expect(readImage(path, { decoder: 'magic' as 'jimp' })).rejects.toMatchObject({ code: 'IMAGE_OPTIONS' })
})

test('auto reads the same as sharp where it is there', async () => {
  const path = fixturePath('420.jpg')
  expect(await readImage(path)).toEqual(await readImage(path, { decoder: 'sharp' }))
})

test('bytes and files are read alike', async () => {
  const bytes = fixtureBytes('exif-6.jpg')
  expect(await decodeImage(bytes)).toEqual(await readImage(fixturePath('exif-6.jpg'), { decoder: 'jimp' }))
})
