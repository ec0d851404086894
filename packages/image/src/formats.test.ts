import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { difference } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'
import { readImage } from './read.ts'
import { readImageSize } from './read-image-size.ts'

/** Images that only sharp decodes, with PIL's pixels: see fixtures/formats.py. */
const cases = JSON.parse(readFileSync(new URL('../fixtures/formats.json', import.meta.url), 'utf8')) as {
  readonly name: string
  readonly bytes: string
  readonly size: readonly [number, number]
  readonly rgb: string
}[]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-formats-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(cases)('$name', ({ name, bytes, size, rgb }) => {
  // Its extension is wrong: the content decides.
  const path = (): string => join(folder, `${name}.jpg`)
  beforeAll(() => writeFile(path(), Buffer.from(bytes, 'base64')))

  test('is read as PIL reads it', async () => {
    const image = await readImage(path())
    const [width, height] = size
    expect(await readImageSize(path())).toEqual({ width, height })
    expect(image).toMatchObject({ width, height, channels: 3 })
    // AVIF is converted from YCbCr with another rounding.
    const allowed = name.startsWith('AVIF') ? 1 : 0
    expect(difference(image.data, Buffer.from(rgb, 'base64')).largest).toBeLessThanOrEqual(allowed)
  })

  test('cut off, it is an error', async () => {
    const cut = join(folder, `${name}-cut`)
    await writeFile(cut, Buffer.from(bytes, 'base64').subarray(0, 45))
    await expect(readImage(cut)).rejects.toMatchObject({ file: cut })
  })

  test.each([
    ['readImage without sharp', () => readImage(path(), { decoder: 'builtin' })],
    ['decodeImage', () => decodeImage(Buffer.from(bytes, 'base64'))],
  ])('%s names sharp', async (_, read) => {
    await expect(read()).rejects.toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
      message: expect.stringContaining('npm install sharp'),
    })
  })
})

test('rejects a TIFF in CMYK or of floats', async () => {
  const path = join(folder, 'other.tif')
  const black = { create: { width: 2, height: 2, channels: 3, background: 'black' } } as const
  await sharp(black).toColorspace('cmyk').tiff().toFile(path)
  await expect(readImage(path)).rejects.toMatchObject({ code: 'IMAGE_UNSUPPORTED', file: path })
})
