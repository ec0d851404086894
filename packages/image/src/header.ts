import { FacekpError } from '@facekp/core'
import { imageSize } from 'image-size'
import { damaged, truncated, unsupported } from './errors.ts'

/** The formats that are read. */
export type ImageFormat = 'jpeg' | 'png' | 'bmp'

/** What a file tells before it is decoded. */
export interface ImageHeader {
  readonly format: ImageFormat
  /** Of the picture as it comes out, turned upright. */
  readonly width: number
  readonly height: number
  /** Whether a JPEG must be turned or mirrored for that. */
  readonly turned: boolean
  /** Whether it has 16 bits a channel. */
  readonly deep: boolean
}

/**
 * Finds out the format and checks all that can be known before a single pixel is decoded. Throws `IMAGE_EMPTY`,
 * `IMAGE_UNKNOWN`, `IMAGE_UNSUPPORTED`, `IMAGE_TRUNCATED`, `IMAGE_DAMAGED` or `IMAGE_TOO_LARGE`, each naming the file.
 */
export function checkHeader(bytes: Uint8Array, name: string, maxPixels: number): ImageHeader {
  if (bytes.length === 0) {
    throw new FacekpError({ code: 'IMAGE_EMPTY', problem: 'the file is empty', file: name, received: '0 bytes' })
  }
  const format = formatOf(bytes, name)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { kindNotRead, isWhole } = CHECKS[format]
  const kind = kindNotRead(view)
  if (kind !== undefined) throw unsupported(kind, name)
  // Decoders cannot be asked: some fill what is missing with gray.
  const whole = isWhole(view)
  const { width, height, orientation = 1 } = sizeOf(bytes, name, whole)
  if (width * height > maxPixels) {
    throw new FacekpError({
      code: 'IMAGE_TOO_LARGE',
      problem: 'the picture has more pixels than the limit allows and was not decoded',
      file: name,
      received: `${width} x ${height}`,
      expected: `at most ${maxPixels} pixels; raise maxPixels if the file is to be trusted`,
    })
  }
  if (!whole) throw truncated(bytes, name)
  const turned = format === 'jpeg' && orientation !== 1
  const deep = format === 'png' && bytes[PNG_DEPTH] === 16
  // From the fifth on an orientation puts rows where columns were.
  return turned && orientation > 4
    ? { format, width: height, height: width, turned, deep }
    : { format, width, height, turned, deep }
}

const SIGNATURES: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['bmp', [0x42, 0x4d]],
]

function formatOf(bytes: Uint8Array, name: string): ImageFormat {
  const found = SIGNATURES.find(([, signature]) => signature.every((value, i) => bytes[i] === value))
  if (found) return found[0]
  const other = otherFormatOf(bytes)
  if (other !== undefined) throw unsupported(other, name)
  const beginning = Array.from(bytes.subarray(0, 8), (value) => value.toString(16).padStart(2, '0')).join(' ')
  throw new FacekpError({
    code: 'IMAGE_UNKNOWN',
    problem: 'this is not a picture',
    file: name,
    received: `${bytes.length} bytes that begin with ${beginning}`,
    expected: 'JPEG, PNG or BMP',
  })
}

function otherFormatOf(bytes: Uint8Array): string | undefined {
  try {
    return imageSize(bytes).type
  } catch {
    return undefined
  }
}

function sizeOf(bytes: Uint8Array, name: string, whole: boolean): ReturnType<typeof imageSize> {
  try {
    return imageSize(bytes)
  } catch (error) {
    throw whole ? damaged(name, error) : truncated(bytes, name)
  }
}

interface Check {
  /** What the picture is, if it is not read: where one decoder refuses it, or the two differ, or one gets it wrong. */
  readonly kindNotRead: (view: DataView) => string | undefined
  /** Whether the file reaches its picture's end. */
  readonly isWhole: (view: DataView) => boolean
}

const CHECKS: Readonly<Record<ImageFormat, Check>> = {
  jpeg: {
    kindNotRead(view) {
      for (const { marker, at } of jpegSegments(view)) {
        const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
        if (!frame || at + 9 >= view.byteLength) continue
        if (marker > 0xc2) return 'JPEG, lossless, hierarchical or arithmetic coding'
        if (view.getUint8(at + 4) !== 8) return `JPEG of ${view.getUint8(at + 4)} bits`
        if (view.getUint8(at + 9) === 4) return 'JPEG in CMYK'
      }
      return undefined
    },
    isWhole: (view) => jpegSegments(view).some(({ marker }) => marker === 0xd9),
  },
  png: {
    kindNotRead: () => undefined,
    /** Walks the chunks (PNG specification, 5.3) to IEND. */
    isWhole(view) {
      const IEND = 0x49454e44
      for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
        if (view.getUint32(at + 4) === IEND) return true
      }
      return false
    },
  },
  bmp: {
    kindNotRead(view) {
      if (view.byteLength < BMP_HEADER) return undefined
      const { headerSize, bits, compression } = bmpHeader(view)
      if (headerSize < 40) return 'BMP of OS/2'
      if (compression !== 0 && !(compression === 3 && bits === 32)) return `BMP of compression ${compression}`
      return [1, 4, 8, 24, 32].includes(bits) ? undefined : `BMP of ${bits} bits a pixel`
    },
    /** Compares the length with what the header promises, each row being padded to four bytes. */
    isWhole(view) {
      if (view.byteLength < BMP_HEADER) return false
      const { pixels, width, height, bits } = bmpHeader(view)
      return view.byteLength >= pixels + Math.ceil((width * bits) / 32) * 4 * height
    },
  },
}

/**
 * The markers (ITU-T T.81, B.1.1) in their order and where they stand, to the end of the image. A thumbnail's own
 * markers lie inside a segment and are passed over with it.
 */
function jpegSegments(view: DataView): { readonly marker: number; readonly at: number }[] {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  const segments: { marker: number; at: number }[] = []
  let at = 2
  while (at + 1 < bytes.length) {
    // Packed data reach to the next 0xff; one that is followed by 0 is part of them, by 0xff a filling byte.
    at = bytes.indexOf(0xff, at)
    const marker = bytes[at + 1]
    if (at < 0 || marker === undefined) break
    if (marker === 0x00 || marker === 0xff) {
      at += marker === 0x00 ? 2 : 1
      continue
    }
    segments.push({ marker, at })
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9)
    if (marker === 0xd9 || (!standsAlone && at + 3 >= view.byteLength)) break
    at += standsAlone ? 2 : 2 + view.getUint16(at + 2)
  }
  return segments
}

/** Where IHDR, a PNG's first chunk, has the bits a channel. */
const PNG_DEPTH = 24

/** Bytes of the file header and the shortest part of the picture's header that is looked at. */
const BMP_HEADER = 54

function bmpHeader(view: DataView) {
  return {
    pixels: view.getUint32(10, true),
    headerSize: view.getUint32(14, true),
    width: view.getInt32(18, true),
    height: Math.abs(view.getInt32(22, true)),
    bits: view.getUint16(28, true),
    compression: view.getUint32(30, true),
  }
}
