import { FacekpError } from '@facekp/core'
import { imageSize } from 'image-size'

/** The formats that are read. */
export type ImageFormat = 'jpeg' | 'png' | 'bmp'

const FORMATS: Readonly<Record<string, ImageFormat>> = { jpg: 'jpeg', png: 'png', bmp: 'bmp' }

/**
 * What the header tells, checked before a single pixel is decoded. Throws `IMAGE_EMPTY`, `IMAGE_UNKNOWN`,
 * `IMAGE_UNSUPPORTED`, `IMAGE_TRUNCATED` or `IMAGE_TOO_LARGE`, each naming the file.
 */
export function checkHeader(bytes: Uint8Array, name: string, maxPixels: number): ImageFormat {
  if (bytes.length === 0) {
    throw new FacekpError({ code: 'IMAGE_EMPTY', problem: 'the file is empty', file: name, received: '0 bytes' })
  }
  const { format, width, height } = readHeader(bytes, name)
  if (width * height > maxPixels) {
    throw new FacekpError({
      code: 'IMAGE_TOO_LARGE',
      problem: 'the picture has more pixels than the limit allows and was not decoded',
      file: name,
      received: `${width} x ${height}`,
      expected: `at most ${maxPixels} pixels; raise maxPixels if the file is to be trusted`,
    })
  }
  if (!isWhole(bytes, format)) throw truncated(bytes, name)
  return format
}

function readHeader(bytes: Uint8Array, name: string): { format: ImageFormat; width: number; height: number } {
  const signed = SIGNATURES.find(([, signature]) => signature.every((value, i) => bytes[i] === value))?.[0]
  try {
    const { type = 'unknown', width, height } = imageSize(bytes)
    const format = FORMATS[type]
    if (!format) {
      throw new FacekpError({
        code: 'IMAGE_UNSUPPORTED',
        problem: 'pictures of this format are not read',
        file: name,
        received: type,
        expected: 'JPEG, PNG or BMP',
      })
    }
    return { format, width, height }
  } catch (error) {
    if (error instanceof FacekpError) throw error
    // A signature without a size behind it: the file ends within its header.
    if (signed) throw truncated(bytes, name, error)
    throw new FacekpError({
      code: 'IMAGE_UNKNOWN',
      problem: 'this is not a picture',
      file: name,
      received: `${bytes.length} bytes that begin with ${hex(bytes.subarray(0, 8))}`,
      expected: 'JPEG, PNG or BMP',
      cause: error,
    })
  }
}

const SIGNATURES: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['bmp', [0x42, 0x4d]],
]

function truncated(bytes: Uint8Array, name: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'IMAGE_TRUNCATED',
    problem: 'the file ends before its picture does',
    file: name,
    received: `${bytes.length} bytes`,
    expected: 'the whole file',
    cause,
  })
}

/** Whether the file reaches its picture's end. Decoders cannot be asked: some fill what is missing with grey. */
function isWhole(bytes: Uint8Array, format: ImageFormat): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { jpeg: hasEndOfJpeg, png: hasEndOfPng, bmp: hasEndOfBmp }[format](view)
}

/** Walks the segments (ITU-T T.81, B.1.1) to the end-of-image marker; a thumbnail's own marker lies inside a segment. */
function hasEndOfJpeg(view: DataView): boolean {
  let at = 2
  while (at + 1 < view.byteLength) {
    const marker = view.getUint8(at + 1)
    if (view.getUint8(at) !== 0xff || marker === 0xff || marker === 0x00) at += 1
    else if (marker === 0xd9) return true
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else if (at + 3 < view.byteLength) at += 2 + view.getUint16(at + 2)
    else return false
  }
  return false
}

/** Walks the chunks (PNG specification, 5.3) to IEND. */
function hasEndOfPng(view: DataView): boolean {
  const IEND = 0x49454e44
  let at = 8
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === IEND) return true
    at += 12 + view.getUint32(at)
  }
  return false
}

/** Compares the length with what the header promises: rows padded to four bytes, or the size told of packed rows. */
function hasEndOfBmp(view: DataView): boolean {
  if (view.byteLength < 54) return false
  const pixels = view.getUint32(10, true)
  const [width, height] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))]
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  const packed = compression === 1 || compression === 2
  const size = packed ? view.getUint32(34, true) : Math.ceil((width * bits) / 32) * 4 * height
  return view.byteLength >= pixels + size
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (value) => value.toString(16).padStart(2, '0')).join(' ')
}
