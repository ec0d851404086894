import type { Image } from '@facekp/core'
import { computeCrc } from './decode-png.ts'
import { predict } from './png-rows.ts'

/** Encodes bytes as an 8-bit PNG, gray or RGB. */
export async function encodePngBytes(image: Image<Uint8Array>): Promise<Uint8Array> {
  const { width, height, channels } = image
  const { zlibSync } = await import('fflate')
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, channels === 1 ? 0 : 2], 8)
  const chunks = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    createChunk('IHDR', header),
    createChunk('IDAT', zlibSync(filterRows(image))),
    createChunk('IEND', new Uint8Array(0)),
  ]
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function createChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(data.length + 12)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  chunk.set(new TextEncoder().encode(type), 4)
  chunk.set(data, 8)
  view.setUint32(data.length + 8, computeCrc(chunk.subarray(4, data.length + 8)))
  return chunk
}

/** Filters each row by the filter whose bytes have the least sum of sizes (PNG specification, 12.8). */
function filterRows({ data, width, height, channels }: Image<Uint8Array>): Uint8Array {
  const length = width * channels
  const rows = new Uint8Array(height * (1 + length))
  const candidate = new Uint8Array(length)
  let above: Uint8Array = new Uint8Array(length)
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * length, (y + 1) * length)
    const to = y * (1 + length)
    let least = Number.POSITIVE_INFINITY
    for (let filter = 0; filter <= 4; filter++) {
      const sum = filterRow(filter, { row, above, pixelBytes: channels, to: candidate })
      if (sum >= least) continue
      least = sum
      rows[to] = filter
      rows.set(candidate, to + 1)
    }
    above = row
  }
  return rows
}

interface FilteredRow {
  readonly row: Uint8Array
  readonly above: Uint8Array
  readonly pixelBytes: number
  /** Receives the filtered bytes. */
  readonly to: Uint8Array
}

/** Filters a row and returns the sum of its bytes' sizes, taken as signed. */
function filterRow(filter: number, { row, above, pixelBytes, to }: FilteredRow): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const left = i < pixelBytes ? 0 : (row[i - pixelBytes] as number)
    const corner = i < pixelBytes ? 0 : (above[i - pixelBytes] as number)
    const byte = ((row[i] as number) - predict(filter, left, above[i] as number, corner)) & 255
    to[i] = byte
    sum += byte < 128 ? byte : 256 - byte
  }
  return sum
}
