import { createImage, type Image } from '@facekp/core'
import { listPasses, type PngHeader, type PngPass, SAMPLES, unfilterRow } from './png-rows.ts'

/**
 * Decodes a whole PNG to RGB, without alpha; 16 bits are rounded to 8. Its chunks were checked to reach IEND.
 *
 * @throws Error if it is damaged
 */
export async function decodePng(bytes: Uint8Array): Promise<Image<Uint8Array>> {
  const { palette, data, ...header } = readChunks(bytes)
  const passes = listPasses(header)
  const length = passes.reduce((sum, { height, rowBytes }) => sum + height * (1 + rowBytes), 0)
  const rows = await inflate(data, length)
  const rgb = new Uint8Array(3 * header.width * header.height)
  let at = 0
  for (const pass of passes) {
    let above: Uint8Array = new Uint8Array(pass.rowBytes)
    for (let i = 0; i < pass.height; i++) {
      const row = rows.subarray(at + 1, at + 1 + pass.rowBytes)
      unfilterRow(rows[at] as number, row, above, Math.max(1, (SAMPLES[header.colorType] * header.depth) >> 3))
      writeRow(rgb, row, { header, pass, y: pass.y + i * pass.stepY, palette })
      above = row
      at += 1 + pass.rowBytes
    }
  }
  return createImage(rgb, header.width, header.height, 3)
}

interface PngChunks extends PngHeader {
  /** R, G and B of each color. */
  readonly palette: Uint8Array
  readonly data: Uint8Array
}

/** Reads the chunks (PNG specification, 5.3) and joins the data of IDAT. */
function readChunks(bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [depth, colorType, compression, filter, interlace] = bytes.subarray(24, 29)
  const isKnown = DEPTHS[colorType as number]?.includes(depth as number)
  if (!isKnown || compression !== 0 || filter !== 0 || (interlace as number) > 1) throw new Error('its IHDR is invalid')
  const parts: Uint8Array[] = []
  let palette = new Uint8Array(0)
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (CHECKED.includes(type) && computeCrc(bytes.subarray(at + 4, end)) !== view.getUint32(end))
      throw new Error(`the checksum of its ${type} differs`)
    if (type === 'PLTE') palette = bytes.slice(at + 8, end)
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, end))
    if (type === 'IEND') break
    at = end + 4
  }
  const header = { depth, colorType, isInterlaced: interlace === 1 } as Omit<PngHeader, 'width' | 'height'>
  return { ...header, width: view.getUint32(16), height: view.getUint32(20), palette, data: join(parts) }
}

/** Allowed bits of a sample by color type. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

/** The chunks that are read. */
const CHECKED = ['IHDR', 'PLTE', 'IDAT', 'IEND']

function join(parts: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return data
}

/**
 * Inflates `length` bytes, and no more, which would take memory: as libpng, it leaves out data beyond the pixels, and checks the
 * checksum of data that end with them.
 */
async function inflate(data: Uint8Array, length: number): Promise<Uint8Array> {
  const { Unzlib } = await import('fflate')
  if (length > MAX_RATIO * data.length) throw new Error(`its data are too short for ${length} bytes`)
  const rows = new Uint8Array(length)
  let at = 0
  let isFinal = false
  const stream = new Unzlib((part, final) => {
    isFinal = final
    if (at < length) rows.set(part.subarray(0, length - at), at)
    at += part.length
  })
  // Parts of this size keep what one push adds small.
  for (let from = 0; from < data.length && at <= length && !isFinal; from += PART)
    stream.push(data.subarray(from, from + PART), from + PART >= data.length)
  if (at < length) throw new Error(`its data end after ${at} of ${length} bytes`)
  if (at === length && !includesNumber(data, computeAdler(rows))) throw new Error('the checksum of its data differs')
  return rows
}

/** Whether bytes include a number of 32 bits. A checksum is the end of the data, unless some bytes follow. */
function includesNumber(bytes: Uint8Array, number: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = bytes.length - 4; at >= 0; at--) if (view.getUint32(at) === number) return true
  return false
}

/** Computes the checksum Adler-32 (RFC 1950, 8.2). */
function computeAdler(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (let from = 0; from < bytes.length; from += ADLER_RUN) {
    const end = Math.min(from + ADLER_RUN, bytes.length)
    for (let i = from; i < end; i++) {
      a += bytes[i] as number
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return b * 65536 + a
}

/** Bytes of which the sums fit into 32 bits. */
const ADLER_RUN = 3800

const PART = 1 << 16

/** Bytes that a byte of deflate inflates to at most. */
const MAX_RATIO = 1032

interface RowPlace {
  readonly header: PngHeader
  readonly pass: PngPass
  readonly y: number
  readonly palette: Uint8Array
}

/** Writes the pixels of a row into the image. */
function writeRow(rgb: Uint8Array, row: Uint8Array, { header, pass, y, palette }: RowPlace): void {
  const { width, depth, colorType } = header
  const samples = SAMPLES[colorType]
  const isRgb = colorType === 2 || colorType === 6
  for (let i = 0; i < pass.width; i++) {
    const to = 3 * (y * width + pass.x + i * pass.stepX)
    for (let channel = 0; channel < 3; channel++) {
      const sample = readSample(row, i * samples + (isRgb ? channel : 0), depth)
      rgb[to + channel] = colorType === 3 ? readColor(palette, sample, channel) : toByte(sample, depth)
    }
  }
}

function readSample(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index] as number
  if (depth === 16) return 256 * (row[2 * index] as number) + (row[2 * index + 1] as number)
  const bit = index * depth
  return ((row[bit >> 3] as number) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

function toByte(sample: number, depth: number): number {
  return depth === 8 ? sample : Math.round((sample * 255) / (2 ** depth - 1))
}

function readColor(palette: Uint8Array, index: number, channel: number): number {
  const value = palette[3 * index + channel]
  if (value === undefined) throw new Error(`its palette has no color ${index}`)
  return value
}

/** Remainders of the bytes 0 to 255 (PNG specification, annex D). */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

/** Computes the checksum of a chunk's type and data. */
export function computeCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = (REMAINDERS[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
