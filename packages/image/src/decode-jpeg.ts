import { type Box, createImage, type Image } from '@facekp/core'
import type { JpegColor, JpegComponent, JpegFrame, JpegHeader } from './jpeg-frame.ts'
import { type JpegModule, loadJpegModule } from './jpeg-module.ts'
import { isUnknownMarker, JPEG, type JpegSegment } from './jpeg-segments.ts'
import { JpegTables } from './jpeg-tables.ts'

/** What to decode of a JPEG. */
export interface DecodeJpegOptions {
  /** Box of whole pixels inside the image. */
  readonly part: Box
  readonly channels: 1 | 3
}

/**
 * Decodes a JPEG to the pixels of libjpeg (and so of PIL and libvips): accurate inverse DCT, interpolated chroma.
 *
 * Only the part's blocks are transformed, and rows below it are not read. Throws an Error if the data are damaged, but not for
 * what libjpeg only warns of and that changes no pixel.
 *
 * Source: ITU-T T.81; libjpeg-turbo's jidctint.c, jdsample.c and jdcolor.c for the values.
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  { segments, frame, color }: JpegHeader,
  { part, channels }: DecodeJpegOptions,
): Promise<Image<Uint8Array>> {
  const openJpegModule = await loadJpegModule()
  const decoder = new JpegDecoder(openJpegModule(), frame, part)
  decoder.decodeScans(bytes, segments)
  return createImage(decoder.writePixels(color, channels), part.width, part.height, channels)
}

/** A component of the image. */
interface Plane extends JpegComponent {
  /** Address of the module's record of the component, and of its quantization table. */
  readonly record: number
  readonly quantizationTable: number
  /** Blocks that are not padding. */
  readonly blocksWide: number
  readonly blocksHigh: number
  /** Row of blocks after the last one that is needed. */
  readonly toY: number
  isInScan: boolean
}

/** Decodes one image; the loops over samples are in `assembly/`. */
class JpegDecoder {
  readonly #wasm: JpegModule
  readonly #frame: JpegFrame
  readonly #part: Box
  readonly #isProgressive: boolean
  readonly #maxH: number
  readonly #maxV: number
  readonly #mcusWide: number
  readonly #mcusHigh: number
  readonly #planes: readonly Plane[]
  readonly #tables: JpegTables
  #restartInterval = 0

  constructor(wasm: JpegModule, frame: JpegFrame, part: Box) {
    this.#wasm = wasm
    this.#frame = frame
    this.#part = part
    this.#isProgressive = frame.marker === 0xc2
    this.#maxH = Math.max(...frame.components.map(({ h }) => h))
    this.#maxV = Math.max(...frame.components.map(({ v }) => v))
    this.#mcusWide = Math.ceil(frame.width / (8 * this.#maxH))
    this.#mcusHigh = Math.ceil(frame.height / (8 * this.#maxV))
    this.#planes = frame.components.map((component, index) => this.#allocatePlane(component, index))
    this.#tables = new JpegTables(wasm)
  }

  #allocatePlane(component: JpegComponent, index: number): Plane {
    const { h, v } = component
    const width = Math.ceil((this.#frame.width * h) / this.#maxH)
    const height = Math.ceil((this.#frame.height * v) / this.#maxV)
    const blocksPerLine = this.#mcusWide * h
    const blocks = blocksPerLine * this.#mcusHigh * v
    const columns = findBlocks({ start: this.#part.left, length: this.#part.width, scale: h / this.#maxH })
    const rows = findBlocks({ start: this.#part.top, length: this.#part.height, scale: v / this.#maxV })
    const toY = Math.min(rows.to, Math.ceil(height / 8))
    const record = this.#wasm.componentAt(index)
    const quantizationTable = this.#wasm.allocate(128)
    // The fields of assembly/component.ts.
    this.#wasm.writeWords(record, [
      this.#wasm.allocate(64 * blocks),
      8 * blocksPerLine,
      this.#isProgressive ? this.#wasm.allocateZeros(128 * blocks) : 0,
      quantizationTable,
      ...[0, 0, 0],
      ...[h, v, blocksPerLine, width, height],
      ...[columns.from, Math.min(columns.to, Math.ceil(width / 8)), rows.from, toY],
    ])
    const [blocksWide, blocksHigh] = [Math.ceil(width / 8), Math.ceil(height / 8)]
    return { ...component, record, quantizationTable, blocksWide, blocksHigh, toY, isInScan: false }
  }

  /** Reads tables and scans in the order of the file. */
  decodeScans(bytes: Uint8Array, segments: readonly JpegSegment[]): void {
    const file = this.#wasm.allocate(bytes.length)
    this.#wasm.bytes().set(bytes, file)
    const scan = this.#wasm.allocate(bytes.length + PADDING)
    let scans = 0
    for (const [index, { marker, payload }] of segments.entries()) {
      if (marker === JPEG.DQT) this.#tables.readQuantization(payload)
      else if (marker === JPEG.DHT) this.#tables.readHuffman(payload)
      else if (marker === JPEG.DRI) this.#restartInterval = payload.getUint16(0)
      else if (isUnknownMarker(marker)) throw new Error('a marker is unknown')
      else if (marker === JPEG.SOS) {
        if (++scans > MAX_SCANS) throw new Error(`more than ${MAX_SCANS} scans`)
        this.#decodeScan(payload, findIntervals(segments, index, file), scan)
      }
    }
    if (this.#planes.some(({ isInScan }) => !isInScan)) throw new Error('a component is missing')
    if (this.#isProgressive) for (const index of this.#planes.keys()) this.#wasm.transformComponent(index)
  }

  #decodeScan(header: DataView, intervals: readonly Interval[], scan: number): void {
    const count = header.getUint8(0)
    const indices = Array.from({ length: count }, (_, i) => this.#startComponent(header, 1 + 2 * i))
    this.#wasm.bytes().set(indices, this.#wasm.scanIndices())
    const { perLine, lines, neededLines } = this.#measureScan(indices)
    this.#startScan(header, perLine)
    const end = perLine * (this.#isProgressive ? lines : neededLines)
    const step = this.#restartInterval || perLine * lines
    for (let mcu = 0, i = 0; mcu < end; mcu += step, i++) {
      const interval = intervals[i]
      if (!interval || (i > 0 && interval.restart !== (i - 1) % 8)) throw new Error('a restart marker is missing')
      // Addresses from 2 GiB on come out of WebAssembly as negative numbers.
      const scanEnd = this.#wasm.copyScan(interval.start, interval.end, scan) >>> 0
      this.#wasm.bytes().fill(0, scanEnd, scanEnd + PADDING)
      if (!this.#wasm.decodeInterval(scan, scanEnd, mcu, Math.min(mcu + step, end))) {
        throw new Error('the entropy-coded data are damaged')
      }
    }
  }

  /** Gives a component of a scan its tables. Returns its index. */
  #startComponent(header: DataView, at: number): number {
    const index = this.#planes.findIndex(({ id }) => id === header.getUint8(at))
    const plane = this.#planes[index]
    if (!plane) throw new Error('a scan of an unknown component')
    const tables = header.getUint8(at + 1)
    if (!plane.isInScan) {
      const quantization = this.#tables.getQuantization(plane.quantization)
      this.#wasm.bytes().set(new Uint8Array(quantization.buffer), plane.quantizationTable)
    }
    plane.isInScan = true
    const needsDc = !this.#isProgressive || header.getUint8(header.byteLength - 3) === 0
    const needsAc = !(this.#isProgressive && needsDc)
    this.#wasm.writeWords(plane.record + 16, [
      needsDc ? this.#tables.getHuffmanAddress(0, tables >> 4) : 0,
      needsAc ? this.#tables.getHuffmanAddress(1, tables & 15) : 0,
    ])
    return index
  }

  /** Counts the MCUs of a scan: those of one component have one block and no padding (ITU-T T.81, A.2). */
  #measureScan(indices: readonly number[]): { perLine: number; lines: number; neededLines: number } {
    const planes = indices.map((index) => this.#planes[index] as Plane)
    const [single] = planes
    if (single && planes.length === 1) {
      return { perLine: single.blocksWide, lines: single.blocksHigh, neededLines: single.toY }
    }
    const neededLines = Math.max(...planes.map(({ toY, v }) => Math.ceil(toY / v)))
    return { perLine: this.#mcusWide, lines: this.#mcusHigh, neededLines }
  }

  /** Tells the module which coefficients a scan has. Sequential scans have all, whatever their header says. */
  #startScan(header: DataView, perLine: number): void {
    const count = header.getUint8(0)
    if (!this.#isProgressive) {
      this.#wasm.startScan(count, 0, 0, 63, 0, perLine)
      return
    }
    const at = 1 + 2 * count
    const from = header.getUint8(at)
    const to = header.getUint8(at + 1)
    const shift = header.getUint8(at + 2) & 15
    const previousShift = header.getUint8(at + 2) >> 4
    const isRefinement = previousShift > 0
    const isBand = from === 0 ? to === 0 : from <= to && to <= 63 && count === 1
    const isShift = shift <= 13 && (!isRefinement || previousShift === shift + 1)
    if (!isBand || !isShift) throw new Error('a scan has an invalid header')
    this.#wasm.startScan(count, (from === 0 ? 1 : 3) + (isRefinement ? 1 : 0), from, to, shift, perLine)
  }

  /** Converts the planes to pixels. */
  writePixels(color: JpegColor, channels: 1 | 3): Uint8Array {
    const { left, top, width, height } = this.#part
    const lineSize = this.#frame.width + 128
    this.#wasm.setFactors(this.#maxH, this.#maxV)
    this.#wasm.setLines(this.#wasm.allocate(5 * lineSize), lineSize)
    const rowSize = width * channels
    const pixels = new Uint8Array(height * rowSize)
    const rows = Math.max(1, Math.floor(STRIP / rowSize))
    const strip = this.#wasm.allocate(Math.min(rows, height) * rowSize)
    for (let y = 0; y < height; y += rows) {
      const end = Math.min(y + rows, height)
      for (let row = y; row < end; row++) {
        this.#wasm.writeRow(COLORS[color], channels, top + row, left, left + width, strip + (row - y) * rowSize)
      }
      pixels.set(this.#wasm.bytes().subarray(strip, strip + (end - y) * rowSize), y * rowSize)
    }
    return pixels
  }
}

/** Zeros after entropy-coded data, which damaged data may make the loops read. */
const PADDING = 1024

/** Encoders write about ten; a small file of many scans could take minutes. */
const MAX_SCANS = 200

/** Bytes of pixels that are copied at once. */
const STRIP = 1 << 20

/** The numbers of assembly/output.ts. */
const COLORS: Readonly<Record<JpegColor, number>> = { gray: 0, ycc: 1, rgb: 2, cmyk: 3, ycck: 4 }

interface Axis {
  readonly start: number
  readonly length: number
  readonly scale: number
}

/** Finds the blocks along an axis that show a part of it, with the samples that interpolation needs beside it. */
function findBlocks({ start, length, scale }: Axis): { from: number; to: number } {
  return {
    from: Math.max(0, Math.floor((Math.floor(start * scale) - 1) / 8)),
    to: Math.floor((Math.ceil((start + length) * scale) + 1) / 8) + 1,
  }
}

/** Entropy-coded bytes between two markers; `restart` is the number of the RST marker before them. */
interface Interval {
  readonly start: number
  readonly end: number
  readonly restart: number
}

function findIntervals(segments: readonly JpegSegment[], scan: number, file: number): Interval[] {
  const intervals: Interval[] = []
  for (let i = scan; i + 1 < segments.length; i++) {
    const { marker, end } = segments[i] as JpegSegment
    if (i > scan && (marker < JPEG.RST0 || marker > JPEG.RST7)) break
    const next = segments[i + 1] as JpegSegment
    intervals.push({ start: file + end, end: file + next.start, restart: marker - JPEG.RST0 })
  }
  return intervals
}
