import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { difference, fixtureBytes, fixturePath, images } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'
import { readImage } from './read.ts'
import { readImageSize } from './read-image-size.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-image-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(['sharp', 'builtin'] as const)('%s', (decoder) => {
  test.each(images)('reads %s as PIL does', async (name, golden) => {
    const image = await readImage(fixturePath(name), { decoder })
    expect(image).toMatchObject({ width: golden.width, height: golden.height, channels: 3 })
    expect(difference(image.data, golden.rgb).largest).toBe(0)
  })

  test.each(images)('reads %s in gray by Rec. 601', async (name, { rgb }) => {
    const image = await readImage(fixturePath(name), { decoder, channels: 1 })
    expect(image.channels).toBe(1)
    const gray = Array.from({ length: rgb.length / 3 }, (_, i) => {
      const [r, g, b] = rgb.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number]
      return Math.round((299 * r + 587 * g + 114 * b) / 1000)
    })
    expect(difference(image.data, gray).largest).toBeLessThanOrEqual(1)
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
  await expect(readImage(path, { decoder: 'magic' as 'builtin' })).rejects.toMatchObject({ code: 'IMAGE_OPTIONS' })
})

test('readImageSize refuses the images that readImage refuses by maxPixels, and no others', async () => {
  const path = fixturePath('rgb.png')
  await expect(readImageSize(path, { maxPixels: 23 * 17 - 1 })).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' })
  expect(await readImageSize(path, { maxPixels: 23 * 17 })).toEqual({ width: 23, height: 17 })
})

test('decodeImage and readImage return the same', async () => {
  for (const name of ['exif-6.jpg', 'rgb.png', 'rgb-16.png']) {
    expect(await decodeImage(fixtureBytes(name))).toEqual(await readImage(fixturePath(name)))
  }
})
