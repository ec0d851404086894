import { decodeBase64 } from '@facekp/base64'
import type { Image } from '@facekp/core'
import { STANDARD_TABLES, ZIGZAG } from './jpeg-tables.ts'

// A baseline JPEG (ITU-T T.81) with the Huffman tables of its annex K: one component of gray, or Y, Cb and Cr without subsampling.

/** Quantization tables of quality 50, row by row: ITU-T T.81, tables K.1 and K.2. */
const QUANTIZATION = [
  [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ],
  [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99,
  ],
] as const

/** COSINES[8 * frequency + position]: the orthonormal cosine transform of 8 values. */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const frequency = i >> 3
  const position = i & 7
  return Math.cos(((2 * position + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.sqrt(1 / 8) : 0.5)
})

/** The code of a symbol. */
interface Code {
  readonly code: number
  readonly size: number
}

/** Encodes an image of at most 65535 pixels a side at a quality from 1 to 100, on libjpeg's scale. */
export function encodeBaselineJpeg(image: Image<Uint8Array>, quality: number): Uint8Array<ArrayBuffer> {
  const { width, height, channels } = image
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  const tables = QUANTIZATION.map((table) =>
    table.map((step) => Math.min(Math.max(Math.floor((step * scale + 50) / 100), 1), 255)),
  )
  const huffman = decodeBase64(STANDARD_TABLES)
  const out = new JpegWriter()
  out.write([0xff, 0xd8])
  out.writeSegment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
  tables.forEach((table, i) => {
    out.writeSegment(0xdb, [i, ...ZIGZAG.map((place) => table[place] as number)])
  })
  const components = channels === 1 ? [0] : [0, 1, 1]
  const frame = components.flatMap((table, i) => [i + 1, 0x11, table])
  out.writeSegment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, components.length, ...frame])
  out.writeSegment(0xc4, huffman)
  const scan = components.flatMap((table, i) => [i + 1, 0x11 * table])
  out.writeSegment(0xda, [components.length, ...scan, 0, 63, 0])
  writeScan(out, image, { tables, codes: createCodes(huffman) })
  out.write([0xff, 0xd9])
  return out.finish()
}

interface ScanTables {
  readonly tables: readonly (readonly number[])[]
  /** By kind * 2 + index of the table, then by symbol; kind 0 is DC, 1 is AC. */
  readonly codes: readonly (readonly Code[])[]
}

function writeScan(out: JpegWriter, image: Image<Uint8Array>, { tables, codes }: ScanTables): void {
  const planes = toPlanes(image)
  const previous = planes.map(() => 0)
  const block = new Float64Array(64)
  const scratch = new Float64Array(64)
  for (let top = 0; top < image.height; top += 8) {
    for (let left = 0; left < image.width; left += 8) {
      for (const [i, plane] of planes.entries()) {
        const table = Math.min(i, 1)
        readBlock(plane, image, { left, top, block })
        transform(block, scratch)
        const steps = tables[table] as readonly number[]
        const levels = ZIGZAG.map((place) => Math.round((block[place] as number) / (steps[place] as number)))
        writeBlock(out, levels, previous[i] as number, [codes[table], codes[2 + table]] as [Code[], Code[]])
        previous[i] = levels[0] as number
      }
    }
  }
  out.fillByte()
}

/** Converts pixels to Y, Cb and Cr (JFIF 1.02), around 0; gray is Y alone. */
function toPlanes({ data, width, height, channels }: Image<Uint8Array>): Float32Array[] {
  if (channels === 1) return [Float32Array.from(data).map((value) => value - 128)]
  const planes = [0, 1, 2].map(() => new Float32Array(width * height)) as [Float32Array, Float32Array, Float32Array]
  for (let to = 0, from = 0; to < width * height; to++, from += 3) {
    const red = data[from] as number
    const green = data[from + 1] as number
    const blue = data[from + 2] as number
    planes[0][to] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue) - 128
    planes[1][to] = Math.round(-0.168735892 * red - 0.331264108 * green + 0.5 * blue)
    planes[2][to] = Math.round(0.5 * red - 0.418687589 * green - 0.081312411 * blue)
  }
  return planes
}

/** Reads 8 x 8 values; beyond the edge of the image they repeat. */
function readBlock(
  plane: Float32Array,
  { width, height }: Image,
  { left, top, block }: { readonly left: number; readonly top: number; readonly block: Float64Array },
): void {
  for (let i = 0; i < 64; i++) {
    const x = Math.min(left + (i & 7), width - 1)
    const y = Math.min(top + (i >> 3), height - 1)
    block[i] = plane[y * width + x] as number
  }
}

/** Applies the cosine transform to the rows, then to the columns. */
function transform(block: Float64Array, scratch: Float64Array): void {
  for (const [from, to] of [
    [block, scratch],
    [scratch, block],
  ] as const) {
    for (let row = 0; row < 8; row++) {
      for (let frequency = 0; frequency < 8; frequency++) {
        let sum = 0
        for (let i = 0; i < 8; i++) sum += (from[8 * row + i] as number) * (COSINES[8 * frequency + i] as number)
        to[8 * frequency + row] = sum // transposed: twice is once in place
      }
    }
  }
}

/** Writes 64 levels in zigzag order (ITU-T T.81, F.1.2). */
function writeBlock(out: JpegWriter, levels: readonly number[], previous: number, [dc, ac]: [Code[], Code[]]): void {
  writeLevel(out, dc, 0, (levels[0] as number) - previous)
  let zeros = 0
  for (let i = 1; i < 64; i++) {
    const level = levels[i] as number
    if (level === 0) {
      zeros++
      continue
    }
    for (; zeros > 15; zeros -= 16) out.writeCode(ac[0xf0] as Code)
    writeLevel(out, ac, zeros, level)
    zeros = 0
  }
  if (zeros > 0) out.writeCode(ac[0] as Code)
}

/** Writes the code of a run of zeros and of the bits of a level, then these bits. */
function writeLevel(out: JpegWriter, codes: readonly Code[], zeros: number, level: number): void {
  const size = 32 - Math.clz32(Math.abs(level))
  out.writeCode(codes[16 * zeros + size] as Code)
  if (size > 0) out.writeCode({ code: level > 0 ? level : level + 2 ** size - 1, size })
}

/** Derives the codes of a DHT segment (ITU-T T.81, annex C). */
function createCodes(segment: Uint8Array): Code[][] {
  const codes: Code[][] = []
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at] as number
    const table: Code[] = []
    let value = at + 17
    for (let size = 1, code = 0; size <= 16; size++, code *= 2) {
      for (let i = 0; i < (segment[at + size] as number); i++)
        table[segment[value++] as number] = { code: code++, size }
    }
    codes[2 * (kind >> 4) + (kind & 15)] = table
    at = value
  }
  return codes
}

/** Bytes that grow, and bits within them. */
class JpegWriter {
  #bytes = new Uint8Array(1 << 14)
  #length = 0
  #bits = 0
  #bitCount = 0

  write(values: ArrayLike<number>): void {
    if (this.#length + values.length > this.#bytes.length) this.#grow(values.length)
    this.#bytes.set(values, this.#length)
    this.#length += values.length
  }

  writeSegment(marker: number, payload: ArrayLike<number>): void {
    const length = payload.length + 2
    this.write([0xff, marker, length >> 8, length & 255])
    this.write(payload)
  }

  /** Writes bits; a byte of ones is followed by a zero byte. */
  writeCode({ code, size }: Code): void {
    this.#bits = (this.#bits << size) | code
    this.#bitCount += size
    for (; this.#bitCount >= 8; this.#bitCount -= 8) {
      const byte = (this.#bits >> (this.#bitCount - 8)) & 255
      this.write(byte === 255 ? [255, 0] : [byte])
    }
    this.#bits &= (1 << this.#bitCount) - 1
  }

  /** Fills the last byte by ones. */
  fillByte(): void {
    if (this.#bitCount > 0) this.writeCode({ code: (1 << (8 - this.#bitCount)) - 1, size: 8 - this.#bitCount })
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  #grow(count: number): void {
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count))
    bytes.set(this.#bytes)
    this.#bytes = bytes
  }
}
