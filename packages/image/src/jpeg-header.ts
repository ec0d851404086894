import { startsWith } from './bytes.ts'
import type { Inspection } from './inspection.ts'
import type { JpegColor, JpegComponent, JpegFrame } from './jpeg-frame.ts'
import { JPEG, type JpegSegment, parseJpegSegments } from './jpeg-segments.ts'

/** Inspects a JPEG: its frame header, its kind, and whether it has an end. */
export function inspectJpeg(bytes: Uint8Array): Inspection {
  const segments = parseJpegSegments(bytes)
  const frame = readFrame(segments)
  const isComplete = segments.at(-1)?.marker === JPEG.EOI
  if (!frame) return { isComplete, size: undefined }
  const color = findColor(segments, frame.components)
  const unsupported = findUnsupported(frame, color)
  const size = { width: frame.width, height: frame.height }
  return { isComplete, size, unsupported, jpeg: color && { segments, frame, color } }
}

/** Reads the frame header; undefined if it is missing or cut off. */
function readFrame(segments: readonly JpegSegment[]): JpegFrame | undefined {
  const frame = segments.find(({ marker }) => FRAME_MARKERS.has(marker))
  if (!frame || frame.payload.byteLength < 6) return undefined
  const { marker, payload } = frame
  const count = payload.getUint8(5)
  if (payload.byteLength < 6 + 3 * count) return undefined
  const components = Array.from({ length: count }, (_, i) => readComponent(payload, 6 + 3 * i))
  return { marker, bits: payload.getUint8(0), height: payload.getUint16(1), width: payload.getUint16(3), components }
}

/** SOF0 to SOF15: 0xc4 is DHT, 0xc8 is reserved, 0xcc is DAC. */
const FRAME_MARKERS: ReadonlySet<number> = new Set([0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15].map((n) => 0xc0 + n))

function readComponent(payload: DataView, at: number): JpegComponent {
  const sampling = payload.getUint8(at + 1)
  return { id: payload.getUint8(at), h: sampling >> 4, v: sampling & 15, quantization: payload.getUint8(at + 2) }
}

/**
 * Finds what the components are, as libjpeg does (jdapimin.c): JFIF has YCbCr; Adobe's APP14 says it; otherwise components
 * named R, G and B are these. Undefined for two components or more than four.
 */
function findColor(segments: readonly JpegSegment[], components: readonly JpegComponent[]): JpegColor | undefined {
  if (components.length === 1) return 'gray'
  const transform = segments.find(isAdobe)?.payload.getUint8(11)
  if (components.length === 4) return (transform ?? 0) === 0 ? 'cmyk' : 'ycck'
  if (components.length !== 3) return undefined
  if (segments.some(isJfif)) return 'ycc'
  const isNamedRgb = String.fromCharCode(...components.map(({ id }) => id)) === 'RGB'
  return (transform ?? (isNamedRgb ? 0 : 1)) === 0 ? 'rgb' : 'ycc'
}

function isJfif({ marker, payload }: JpegSegment): boolean {
  return marker === JPEG.APP0 && startsWith(payload, 'JFIF\0')
}

function isAdobe({ marker, payload }: JpegSegment): boolean {
  return marker === JPEG.APP14 && startsWith(payload, 'Adobe') && payload.byteLength >= 12
}

/** Names what the decoder does not read, nor libjpeg; it has fractional sampling in common with it. */
function findUnsupported({ marker, bits, components }: JpegFrame, color: JpegColor | undefined): string | undefined {
  if (marker > 0xc2) return 'JPEG, lossless, hierarchical or arithmetic coding'
  if (bits !== 8) return `JPEG of ${bits} bits`
  if (!color) return `JPEG of ${components.length} components`
  const maxH = Math.max(...components.map(({ h }) => h))
  const maxV = Math.max(...components.map(({ v }) => v))
  const isWhole = components.every(({ h, v }) => maxH % h === 0 && maxV % v === 0 && maxH <= 4 && maxV <= 4)
  return isWhole ? undefined : 'JPEG of fractional sampling factors'
}
