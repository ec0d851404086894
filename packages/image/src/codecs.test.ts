import { deflateSync } from 'node:zlib'
import { createImage, type Image, randomStream } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { difference } from '../fixtures/fixtures.ts'
import { decodeImage } from './decode.ts'
import { computeCrc } from './decode-png.ts'
import { encodeJpeg, encodePng } from './encode.ts'
import { encodePngBytes } from './encode-png.ts'

// libvips, through sharp, reads what the encoders write and writes what the decoder reads.

/** Soft ramps with noise, of sides that are no multiples of 8. */
function createPattern(channels: 1 | 3): Image<Uint8Array> {
  const random = randomStream({ seed: 1, purpose: 'pattern' })
  const [width, height] = [37, 21]
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels)
    return 60 + 3 * (pixel % width) + 2 * Math.floor(pixel / width) + 20 * (i % channels) + 8 * random.uniform()
  })
  return createImage(data, width, height, channels)
}

const toSharp = ({ data, width, height, channels }: Image<Uint8Array>) =>
  sharp(data, { raw: { width, height, channels } })

describe.each([1, 3] as const)('of %d channels', (channels) => {
  const image = createPattern(channels)
  const space = channels === 1 ? 'b-w' : 'srgb'

  test.each([10, 50, 90, 100])('a JPEG of quality %d is that of libjpeg up to rounding', async (quality) => {
    const jpeg = await encodeJpeg(image, { quality })
    const reference = await toSharp(image).toColorspace(space).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer()
    expect((await sharp(jpeg).metadata()).channels).toBe(channels)
    const [pixels, expected] = await Promise.all([jpeg, reference].map((bytes) => sharp(bytes).raw().toBuffer()))
    expect(difference(pixels as Uint8Array, expected as Uint8Array).mean).toBeLessThan(0.5)
  })

  test('a PNG is read back by libvips', async () => {
    const pixels = await sharp(await encodePng(image))
      .toColorspace(space)
      .raw()
      .toBuffer()
    expect(new Uint8Array(pixels)).toEqual(image.data)
  })
})

test.each([2, 4, 16, 256].flatMap((colors) => [false, true].map((progressive) => ({ colors, progressive }))))(
  'reads a PNG by libvips of a palette of $colors, interlaced: $progressive',
  async ({ colors, progressive }) => {
    const png = await toSharp(createPattern(3)).png({ palette: true, colors, progressive }).toBuffer()
    const expected = await sharp(png).removeAlpha().toColorspace('srgb').raw().toBuffer()
    expect((await decodeImage(png)).data).toEqual(new Uint8Array(expected))
  },
)

test.each([
  ['8 bits, gray', 1, 'b-w'],
  ['8 bits', 3, 'srgb'],
] as const)('reads an interlaced PNG by libvips of %s', async (_, channels, space) => {
  const image = createPattern(channels)
  const png = await toSharp(image).toColorspace(space).png({ progressive: true }).toBuffer()
  expect((await decodeImage(png, { channels })).data).toEqual(image.data)
})

test('reads an interlaced PNG by libvips of 16 bits, rounded to 8', async () => {
  const png = await toSharp(createPattern(3)).toColorspace('rgb16').png({ progressive: true }).toBuffer()
  const raw = await sharp(png).toColorspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  const samples = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2)
  expect((await decodeImage(png)).data).toEqual(Uint8Array.from(samples, (sample) => Math.round(sample / 257)))
})

/** Creates a PNG of a header and some compressed data. */
function createPng(header: Uint8Array, data: Uint8Array): Uint8Array {
  const createChunk = (type: string, content: Uint8Array): Buffer => {
    const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type), content, Buffer.alloc(4)])
    chunk.writeUInt32BE(content.length)
    chunk.writeUInt32BE(computeCrc(chunk.subarray(4, -4)), chunk.length - 4)
    return chunk
  }
  const chunks = [createChunk('IHDR', header), createChunk('IDAT', data), createChunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}

/** Returns the bytes of a pattern as a PNG compresses them: each row follows the byte of its filter, 0. Bytes of 7 come after them. */
function createRows({ data, width, height }: Image<Uint8Array>, surplus: number): Uint8Array {
  const rows = new Uint8Array(height * (1 + 3 * width) + surplus).fill(7)
  for (let y = 0; y < height; y++)
    rows.set([0, ...data.subarray(3 * width * y, 3 * width * (y + 1))], y * (1 + 3 * width))
  return rows
}

test('rejects a PNG with less data than pixels', async () => {
  const header = (await encodePngBytes(createPattern(3))).subarray(16, 29)
  const bytes = createPng(header, deflateSync(new Uint8Array(10)))
  await expect(decodeImage(bytes)).rejects.toMatchObject({ message: expect.stringContaining('end after') })
})

test.each([3, 10_000_000])('reads a PNG with %i bytes more than pixels, as libpng does', async (surplus) => {
  const pattern = createPattern(3)
  const header = (await encodePngBytes(pattern)).subarray(16, 29)
  const bytes = createPng(header, deflateSync(createRows(pattern, surplus)))
  expect((await decodeImage(bytes)).data).toEqual(pattern.data)
  expect(new Uint8Array(await sharp(bytes).raw().toBuffer())).toEqual(pattern.data)
})

test.each([1, 9, 70_000])('reads a PNG with %i bytes after its compressed data, as libpng does', async (count) => {
  const pattern = createPattern(3)
  const header = (await encodePngBytes(pattern)).subarray(16, 29)
  const data = Buffer.concat([deflateSync(createRows(pattern, 0)), Buffer.alloc(count, 7)])
  const bytes = createPng(header, data)
  expect((await decodeImage(bytes)).data).toEqual(pattern.data)
  expect(new Uint8Array(await sharp(bytes).raw().toBuffer())).toEqual(pattern.data)
})

test.each([0, 5])('rejects a PNG whose data have another checksum, %i bytes before their end', async (count) => {
  const pattern = createPattern(3)
  const header = (await encodePngBytes(pattern)).subarray(16, 29)
  const data = Buffer.concat([deflateSync(createRows(pattern, 0)), Buffer.alloc(count, 7)])
  const last = data.length - 1 - count
  data[last] = (data[last] as number) ^ 1
  const bytes = createPng(header, data)
  await expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'IMAGE_DAMAGED' })
  await expect(sharp(bytes).raw().toBuffer()).rejects.toThrow('read error')
})

test('rejects a small PNG, interlaced, that would take a gigabyte', async () => {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 16, 6, 0, 0, 1])
  header.writeUInt32BE(10_000, 0)
  header.writeUInt32BE(10_000, 4)
  const bytes = createPng(header, deflateSync(new Uint8Array(1000)))
  await expect(decodeImage(bytes)).rejects.toMatchObject({
    message: expect.stringMatching(/too short for 800\d{6} bytes/),
  })
})

test('rejects a PNG with a byte changed', async () => {
  const png = await encodePng(createPattern(3))
  png[60] = (png[60] as number) ^ 1
  await expect(decodeImage(png)).rejects.toMatchObject({ message: expect.stringContaining('checksum') })
})

test('rejects a JPEG of more than 65535 pixels a side', async () => {
  const image = createImage(new Uint8Array(65536), 65536, 1, 1)
  await expect(encodeJpeg(image)).rejects.toMatchObject({ code: 'JPEG_SIZE' })
})
