import { decodeBase64 } from '@facekp/base64'
import type { JpegModule } from './jpeg-module.ts'

/** The quantization and Huffman tables of a JPEG; a later table replaces an earlier one of the same number. */
export class JpegTables {
  readonly #wasm: JpegModule
  readonly #quantization = new Map<number, Int16Array<ArrayBuffer>>()
  readonly #huffmanSlots = new Set<number>()

  constructor(wasm: JpegModule) {
    this.#wasm = wasm
  }

  /** Reads a DQT segment (ITU-T T.81, B.2.4.1). */
  readQuantization(payload: DataView): void {
    for (let at = 0; at < payload.byteLength; ) {
      const kind = payload.getUint8(at++)
      const size = kind >> 4 === 0 ? 1 : 2
      const values = new Int16Array(64)
      for (const place of ZIGZAG) {
        values[place] = size === 1 ? payload.getUint8(at) : payload.getUint16(at)
        at += size
      }
      this.#quantization.set(kind & 15, values)
    }
  }

  /** Returns the values of a quantization table in natural order. */
  getQuantization(index: number): Int16Array<ArrayBuffer> {
    const values = this.#quantization.get(index)
    if (!values) throw new Error('a quantization table is missing')
    return values
  }

  /** Reads a DHT segment (ITU-T T.81, B.2.4.2). */
  readHuffman(payload: DataView): void {
    for (let at = 0; at < payload.byteLength; ) {
      const kind = payload.getUint8(at) >> 4
      const slot = findSlot(kind, payload.getUint8(at) & 15)
      let count = 0
      for (let length = 1; length <= 16; length++) count += payload.getUint8(at + length)
      if (count > 256 || at + 17 + count > payload.byteLength) throw new Error('a Huffman table is invalid')
      const place = this.#wasm.scratch(16 + count)
      const table = new Uint8Array(payload.buffer, payload.byteOffset + at + 1, 16 + count)
      this.#wasm.bytes().set(table, place)
      const isValid = kind > 0 || table.subarray(16).every((bits) => bits <= MAX_DC_BITS)
      if (!isValid || !this.#wasm.setTable(slot, place, count)) throw new Error('a Huffman table is invalid')
      this.#huffmanSlots.add(slot)
      at += 17 + count
    }
  }

  /** Returns the address of a Huffman table; frames of Motion JPEG have none and mean the standard ones. */
  getHuffmanAddress(kind: 0 | 1, index: number): number {
    const slot = findSlot(kind, index)
    if (this.#huffmanSlots.size === 0) this.readHuffman(new DataView(decodeBase64(STANDARD_TABLES).buffer))
    if (!this.#huffmanSlots.has(slot)) throw new Error('a Huffman table is missing')
    return this.#wasm.tableAt(slot)
  }
}

/** Bits of the longest DC difference, of lossless JPEG; libjpeg allows as many in other images. */
const MAX_DC_BITS = 15

/** Returns the place of a table: 0 to 3 for DC (kind 0), 4 to 7 for AC (kind 1). */
function findSlot(kind: number, index: number): number {
  if (kind > 1 || index > 3) throw new Error('a Huffman table has an invalid number')
  return 4 * kind + index
}

/** Natural order of the values of a quantization table (ITU-T T.81, figure A.6). */
export const ZIGZAG: readonly number[] = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]

/** A DHT segment of the four tables of ITU-T T.81, K.3.3. */
export const STANDARD_TABLES: string =
  'AAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJ' +
  'ChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4' +
  'ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoLEQACAQIEBAMEBwUEBAAB' +
  'AncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlq' +
  'c3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fo='
