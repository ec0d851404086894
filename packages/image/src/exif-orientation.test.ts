import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageBox } from '@facekp/core'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { type Orientation, orientImage, orientSize } from './orient.ts'
import { readImage } from './read.ts'
import { readCrop } from './read-crop.ts'
import { readImageSize } from './read-image-size.ts'

/** Files with EXIF of every kind, and PIL's orientation of each: see fixtures/exif.py. */
const cases = JSON.parse(readFileSync(new URL('../fixtures/exif.json', import.meta.url), 'utf8')) as {
  readonly name: string
  readonly bytes: string
  readonly orientation: Orientation
}[]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-exif-'))
})
afterAll(() => rm(folder, { recursive: true }))

// libvips differs from PIL, and is not followed, for a tag of type BYTE and for a value that its 16 bits cannot hold.
const agreed = cases.filter(({ name }) => !['BYTE 6', 'LONG 65542'].includes(name))
test.each(agreed)('$name is turned as libvips turns it', async ({ name, bytes, orientation }) => {
  const path = join(folder, `${name}-libvips.image`)
  await writeFile(path, Buffer.from(bytes, 'base64'))
  const { data, info } = await sharp(path).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const image = await readImage(path, { decoder: 'sharp' })
  expect({ ...image, data: [...image.data] }).toEqual({
    data: [...data],
    width: info.width,
    height: info.height,
    channels: 3,
  })
  expect(image).toEqual(orientImage(await readImage(path, { decoder: 'sharp', orientation: 'ignore' }), orientation))
})

describe.each(cases)('$name', ({ name, bytes, orientation }) => {
  let path: string
  beforeAll(async () => {
    path = join(folder, `${name}.image`)
    await writeFile(path, Buffer.from(bytes, 'base64'))
  })

  const decoders = name.startsWith('WebP') ? (['sharp'] as const) : (['sharp', 'builtin'] as const)
  test.each(decoders)('%s turns it as PIL does, or not at all', async (decoder) => {
    const stored = await readImage(path, { decoder, orientation: 'ignore' })
    expect([stored.width, stored.height]).toEqual([5, 4])
    const upright = await readImage(path, { decoder })
    expect(upright).toEqual(orientImage(stored, orientation))
    for (const option of ['apply', 'ignore'] as const) {
      const whole = option === 'apply' ? upright : stored
      const size = { width: whole.width, height: whole.height }
      expect(await readImageSize(path, { orientation: option })).toEqual(size)
      const crop = { box: imageBox(whole), ...size }
      expect(await readCrop(path, crop, { decoder, orientation: option })).toEqual(whole)
    }
    expect(await readImageSize(path)).toEqual(orientSize({ width: 5, height: 4 }, orientation))
  })
})

test('rejects another value of the option', async () => {
  const options = { orientation: 'upright' as 'apply' }
  await expect(readImage('image.jpg', options)).rejects.toMatchObject({ code: 'IMAGE_OPTIONS' })
})
