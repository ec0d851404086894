import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Image } from '@facekp/core'
import { decodeImage } from '@facekp/image'
import { readCrop, readImage, readImageSize } from '@facekp/image/node'
import { assertValid, type FuzzReader } from '../fuzz-reader.ts'

const FIXTURES = new URL('../../../packages/image/fixtures/', import.meta.url)
const OPTIONS = { maxPixels: 100_000 } as const

function fixtures(...names: readonly string[]): Uint8Array[] {
  return names.map((name) => readFileSync(new URL(name, FIXTURES)))
}

/** Returns images of formats.json. */
function formats(...names: readonly string[]): Uint8Array[] {
  const listed: readonly { readonly name: string; readonly bytes: string }[] = JSON.parse(
    readFileSync(new URL('formats.json', FIXTURES), 'utf8'),
  )
  return listed.filter(({ name }) => names.includes(name)).map(({ bytes }) => Buffer.from(bytes, 'base64'))
}

function checkImage({ data, width, height, channels }: Image<Uint8Array>): void {
  assertValid(data.length === width * height * channels, `${data.length} bytes for ${width} x ${height} x ${channels}`)
  assertValid(width * height <= OPTIONS.maxPixels, `${width} x ${height} pixels`)
}

/** Creates the reader of an image file, which reads it whole, a part of it, and only its size. */
function createFileReader(inputs: readonly Uint8Array[], words: readonly string[] = []): FuzzReader {
  return {
    inputs,
    words,
    async read(bytes, folder) {
      const file = join(folder, 'image')
      writeFileSync(file, bytes)
      const image = await readImage(file, OPTIONS)
      checkImage(image)
      const { width, height } = await readImageSize(file)
      assertValid(width === image.width && height === image.height, 'another size than that of the image')
      checkImage(await readCrop(file, { box: { left: 0, top: 0, width: 4, height: 4 }, width: 2, height: 2 }, OPTIONS))
    },
  }
}

/** Creates the reader of bytes, as in a browser. */
function createBytesReader(inputs: readonly Uint8Array[], words: readonly string[] = []): FuzzReader {
  return { inputs, words, read: async (bytes) => checkImage(await decodeImage(bytes, OPTIONS)) }
}

const PNG_WORDS = ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'iCCP', 'zTXt']

/** Gives each chunk of a PNG the checksum of its content. */
function sealPng(bytes: Uint8Array): Uint8Array {
  const sealed = Buffer.from(bytes)
  for (let at = 8; at + 12 <= sealed.length; at += 12 + sealed.readUInt32BE(at)) {
    const end = at + 8 + sealed.readUInt32BE(at)
    if (end + 4 <= sealed.length) sealed.writeUInt32BE(crc32(sealed.subarray(at + 4, end)), end)
  }
  return sealed
}

const pngs = fixtures('palette-transparent.png', 'gray-16.png', 'rgba.png', 'black-and-white.png', 'interlaced.png')

export const png: FuzzReader = { ...createBytesReader(pngs, PNG_WORDS), seal: sealPng }
export const pngFile: FuzzReader = { ...createFileReader(pngs, PNG_WORDS), seal: sealPng }
export const jpeg: FuzzReader = createBytesReader(
  fixtures('420.jpg', 'progressive.jpg', 'gray.jpg', 'cmyk.jpg', 'exif-6.jpg', 'exif-6-big-endian.jpg'),
  ['\xff\xc0', '\xff\xc4', '\xff\xd8', '\xff\xd9', '\xff\xda', '\xff\xdb', '\xff\xdd', 'Exif\0\0'],
)
export const bmp: FuzzReader = createBytesReader(
  fixtures('palette.bmp', 'rgba.bmp', 'top-down.bmp', 'black-and-white.bmp'),
)
export const webp: FuzzReader = createFileReader(formats('WebP', 'WebP with alpha', 'WebP, animated'), [
  'RIFF',
  'VP8 ',
  'VP8L',
  'VP8X',
  'EXIF',
])
export const gif: FuzzReader = createFileReader(formats('GIF', 'GIF, animated'))
export const tiff: FuzzReader = createFileReader(
  formats('TIFF', 'TIFF with a palette', 'TIFF with EXIF', 'TIFF of 16 bits'),
)
export const avif: FuzzReader = createFileReader(formats('AVIF', 'AVIF with alpha', 'AVIF, rotated'), [
  'ftyp',
  'ispe',
  'irot',
  'mdat',
  'meta',
])
