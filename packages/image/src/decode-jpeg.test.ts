import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Box } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import sharp from 'sharp'
import { cropImage } from './crop.ts'
import { decodeImage } from './decode.ts'
import { decodeJpeg } from './decode-jpeg.ts'
import type { JpegHeader } from './jpeg-frame.ts'
import { inspectJpeg } from './jpeg-header.ts'

interface Case {
  readonly name: string
  readonly bytes: string
}

/** JPEGs of every kind with hashes of PIL's pixels: see fixtures/jpeg.py. */
const { images, damaged } = JSON.parse(readFileSync(new URL('../fixtures/jpeg.json', import.meta.url), 'utf8')) as {
  readonly images: readonly (Case & { readonly size: readonly [number, number]; rgb: string; gray: string })[]
  readonly damaged: readonly Case[]
}

const toBytes = ({ bytes }: Case): Uint8Array => new Uint8Array(Buffer.from(bytes, 'base64'))
const hash = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

describe.each(images)('$name', (file) => {
  const bytes = toBytes(file)

  test('has the pixels that PIL reads', async () => {
    const rgb = await decodeImage(bytes)
    expect([rgb.width, rgb.height]).toEqual(file.size)
    expect(hash(rgb.data)).toBe(file.rgb)
    expect(hash((await decodeImage(bytes, { channels: 1 })).data)).toBe(file.gray)
  })

  test('has the same pixels in any part', async () => {
    const jpeg = inspectJpeg(bytes).jpeg as JpegHeader
    const whole = await decodeImage(bytes)
    const [width, height] = file.size
    const boxes: fc.Arbitrary<Box> = fc
      .record({ left: fc.nat(width - 1), top: fc.nat(height - 1), x: fc.nat(), y: fc.nat() })
      .map(({ left, top, x, y }) => ({ left, top, width: 1 + (x % (width - left)), height: 1 + (y % (height - top)) }))
    await fc.assert(
      fc.asyncProperty(boxes, async (part) => {
        expect(await decodeJpeg(bytes, jpeg, { part, channels: 3 })).toEqual(cropImage(whole, part))
      }),
      { numRuns: 10, seed: 5 },
    )
  })
})

// libvips converts CMYK by a color profile.
test.each(images.filter(({ name }) => !name.startsWith('CMYK')))(
  '$name has the pixels that libvips reads',
  async (file) => {
    const { data } = await sharp(toBytes(file), { failOn: 'none' })
      .toColorspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(hash(data)).toBe(file.rgb)
  },
)

test.each(damaged)('rejects $name', async (file) => {
  await expect(decodeImage(toBytes(file), { name: 'a.jpg' })).rejects.toMatchObject({
    code: 'IMAGE_DAMAGED',
    file: 'a.jpg',
  })
})

// libjpeg ends with "Bogus Huffman table definition", "Invalid progressive parameters" or "Unsupported marker type", PIL with "broken data stream".
test.each<[string, string, (bytes: Buffer) => void]>([
  ['a DC code of 16 bits', 'gray', (bytes) => bytes.writeUInt8(16, bytes.indexOf('ffc4', 'hex') + 21)],
  ['more codes than its segment has', 'gray', (bytes) => bytes.writeUInt8(99, bytes.indexOf('ffc4', 'hex') + 20)],
  [
    'a refinement of two bits',
    'gray, progressive',
    (bytes) => bytes.writeUInt8(0x20, bytes.indexOf('ffda', 'hex') + 9),
  ],
  [
    'a scan whose marker is another',
    'gray, progressive',
    (bytes) => bytes.writeUInt8(0x5a, bytes.lastIndexOf('ffda', -1, 'hex') + 1),
  ],
])('rejects %s', async (_, name, damage) => {
  const bytes = Buffer.from(toBytes(images.find((file) => file.name === name) as Case))
  damage(bytes)
  await expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'IMAGE_DAMAGED' })
})

test('an image does not depend on those decoded before it', async () => {
  const [motion] = images.filter(({ name }) => name.startsWith('no Huffman tables'))
  const [optimized] = images.filter(({ name }) => name === 'tables of its own')
  await decodeImage(toBytes(optimized as Case))
  await Promise.all(damaged.map((file) => decodeImage(toBytes(file)).catch(() => undefined)))
  expect(hash((await decodeImage(toBytes(motion as Case))).data)).toBe(motion?.rgb)
})

test('decodes several images at a time', async () => {
  const files = await Promise.all(
    [20, 300, 900, 40, 1500].map((side) => {
      const image = { width: side, height: side, channels: 3, background: { r: side % 256, g: 20, b: 200 } } as const
      return sharp({ create: image }).jpeg().toBuffer()
    }),
  )
  const decoded = await Promise.all(files.map((bytes) => decodeImage(bytes)))
  for (const [i, bytes] of files.entries()) {
    expect(hash((decoded[i] as { data: Uint8Array }).data)).toBe(hash(await sharp(bytes).raw().toBuffer()))
  }
})

test('decodes an image larger than the memory that is kept', async () => {
  const blue = { width: 5000, height: 3000, channels: 3, background: { r: 10, g: 20, b: 200 } } as const
  const bytes = await sharp({ create: blue }).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()
  const expected = await sharp(bytes).raw().toBuffer()
  expect(hash((await decodeImage(bytes)).data)).toBe(hash(expected))
})
