import { FacekpError } from '@facekp/core'
import { imageSize } from 'image-size'
import { damagedError, truncatedError, unsupportedError } from './errors.ts'
import { readOrientation } from './exif-orientation.ts'
import { JPEG_END, parseJpegSegments } from './jpeg-segments.ts'
import type { DecodeOptions } from './options.ts'
import { type Orientation, orientSize } from './orient.ts'

/** The supported formats. */
export type ImageFormat = 'jpeg' | 'png' | 'bmp'

/** Properties of an image file, known before it is decoded. */
export interface ImageHeader {
  readonly format: ImageFormat
  /** After the orientation is applied. */
  readonly width: number
  readonly height: number
  /** The orientation to apply to the stored pixels; 1 if option `orientation` is `ignore`. */
  readonly orientation: Orientation
  /** Whether it has 16 bits per channel. */
  readonly is16Bit: boolean
}

/**
 * Detects the format and checks the file before it is decoded. Throws `IMAGE_EMPTY`,
 * `IMAGE_UNKNOWN`, `IMAGE_UNSUPPORTED`, `IMAGE_TRUNCATED`, `IMAGE_DAMAGED` or `IMAGE_TOO_LARGE`, with the file's name.
 */
export function checkHeader(
  bytes: Uint8Array,
  options: Pick<Required<DecodeOptions>, 'name' | 'maxPixels' | 'orientation'>,
): ImageHeader {
  const { name, maxPixels } = options
  if (bytes.length === 0) {
    throw new FacekpError({ code: 'IMAGE_EMPTY', problem: 'the file is empty', file: name, received: '0 bytes' })
  }
  const format = detectFormat(bytes, name)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { findUnsupported, isComplete } = CHECKS[format]
  const kind = findUnsupported(view)
  if (kind !== undefined) throw unsupportedError(kind, name)
  // Some decoders fill missing data with gray.
  const isFileComplete = isComplete(view)
  const { width, height } = readSize(bytes, name, isFileComplete)
  if (width * height > maxPixels) {
    throw new FacekpError({
      code: 'IMAGE_TOO_LARGE',
      problem: 'too many pixels',
      file: name,
      received: `${width} x ${height}`,
      expected: `at most ${maxPixels} pixels; raise maxPixels if you trust the file`,
    })
  }
  if (!isFileComplete) throw truncatedError(bytes, name)
  const orientation = options.orientation === 'apply' ? readOrientation(bytes, format) : 1
  const is16Bit = format === 'png' && bytes[PNG_DEPTH] === 16
  return { format, ...orientSize({ width, height }, orientation), orientation, is16Bit }
}

const SIGNATURES: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['bmp', [0x42, 0x4d]],
]

function detectFormat(bytes: Uint8Array, name: string): ImageFormat {
  const match = SIGNATURES.find(([, signature]) => signature.every((value, i) => bytes[i] === value))
  if (match) return match[0]
  const other = detectOtherFormat(bytes)
  if (other !== undefined) throw unsupportedError(other, name)
  const beginning = Array.from(bytes.subarray(0, 8), (value) => value.toString(16).padStart(2, '0')).join(' ')
  throw new FacekpError({
    code: 'IMAGE_UNKNOWN',
    problem: 'not an image',
    file: name,
    received: `${bytes.length} bytes beginning with ${beginning}`,
    expected: 'JPEG, PNG or BMP',
  })
}

function detectOtherFormat(bytes: Uint8Array): string | undefined {
  try {
    return imageSize(bytes).type
  } catch {
    return undefined
  }
}

function readSize(bytes: Uint8Array, name: string, isFileComplete: boolean): ReturnType<typeof imageSize> {
  try {
    return imageSize(bytes)
  } catch (error) {
    throw isFileComplete ? damagedError(name, error) : truncatedError(bytes, name)
  }
}

interface FormatCheck {
  /** Names the kind of image if it is unsupported: a decoder rejects it or the decoders differ. */
  readonly findUnsupported: (view: DataView) => string | undefined
  /** Whether the file contains the end of the image. */
  readonly isComplete: (view: DataView) => boolean
}

const CHECKS: Readonly<Record<ImageFormat, FormatCheck>> = {
  jpeg: {
    findUnsupported(view) {
      for (const { marker, payload } of parseJpegSegments(toBytes(view))) {
        const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
        if (!frame || payload.byteLength < 6) continue
        if (marker > 0xc2) return 'JPEG, lossless, hierarchical or arithmetic coding'
        if (payload.getUint8(0) !== 8) return `JPEG of ${payload.getUint8(0)} bits`
        if (payload.getUint8(5) === 4) return 'JPEG in CMYK'
      }
      return undefined
    },
    isComplete: (view) => parseJpegSegments(toBytes(view)).some(({ marker }) => marker === JPEG_END),
  },
  png: {
    findUnsupported: () => undefined,
    /** Walks the chunks (PNG specification, 5.3) to IEND. */
    isComplete(view) {
      const IEND = 0x49454e44
      for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
        if (view.getUint32(at + 4) === IEND) return true
      }
      return false
    },
  },
  bmp: {
    findUnsupported(view) {
      if (view.byteLength < BMP_HEADER) return undefined
      const { headerSize, bits, compression } = parseBmpHeader(view)
      if (headerSize < 40) return 'OS/2 BMP'
      if (compression !== 0 && !(compression === 3 && bits === 32)) return `BMP of compression ${compression}`
      return [1, 4, 8, 24, 32].includes(bits) ? undefined : `BMP of ${bits} bits a pixel`
    },
    /** Compares the length with the header; rows are padded to four bytes. */
    isComplete(view) {
      if (view.byteLength < BMP_HEADER) return false
      const { pixels, width, height, bits } = parseBmpHeader(view)
      return view.byteLength >= pixels + Math.ceil((width * bits) / 32) * 4 * height
    },
  },
}

function toBytes(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** Offset of the bits per channel in IHDR, the first chunk of a PNG. */
const PNG_DEPTH = 24

/** Length of the file header and of the shortest supported image header. */
const BMP_HEADER = 54

function parseBmpHeader(view: DataView) {
  return {
    pixels: view.getUint32(10, true),
    headerSize: view.getUint32(14, true),
    width: view.getInt32(18, true),
    height: Math.abs(view.getInt32(22, true)),
    bits: view.getUint16(28, true),
    compression: view.getUint32(30, true),
  }
}
