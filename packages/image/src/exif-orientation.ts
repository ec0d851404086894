import { startsWith } from './bytes.ts'
import type { ImageFormat } from './detect-format.ts'
import { JPEG, type JpegSegment } from './jpeg-segments.ts'
import type { Orientation } from './orient.ts'

/** An image file; a JPEG with its segments. */
interface ImageFile {
  readonly bytes: DataView
  readonly format: ImageFormat
  readonly segments: readonly JpegSegment[]
}

/**
 * Reads the EXIF orientation of an image file; 1 if it has none or an invalid one.
 *
 * JPEG: the first APP1 segment that begins with "Exif". PNG: the first eXIf chunk. WebP: the EXIF chunk. TIFF: the file itself.
 * The tag counts in the first IFD only (the second describes the thumbnail), as a 16- or 32-bit integer of either byte
 * order, as PIL and libvips read it.
 *
 * Source: CIPA DC-008 (Exif 2.32), 4.6.4 and 4.7.2; TIFF 6.0, section 2.
 */
export function readOrientation(file: ImageFile): Orientation {
  const exif = EXIF_FINDERS[file.format]?.(file)
  return exif ? readTiffOrientation(exif) : 1
}

const EXIF_FINDERS: Readonly<Partial<Record<ImageFormat, (file: ImageFile) => DataView | undefined>>> = {
  jpeg({ segments }) {
    for (const { marker, payload } of segments) {
      if (marker === JPEG.SOS) return undefined
      if (marker === JPEG.APP1 && startsWith(payload, EXIF)) return slice(payload, EXIF.length)
    }
    return undefined
  },
  png({ bytes }) {
    for (let at = 8; at + 12 <= bytes.byteLength; at += 12 + bytes.getUint32(at)) {
      if (startsWith(bytes, 'eXIf', at + 4)) return slice(bytes, at + 8, bytes.getUint32(at))
    }
    return undefined
  },
  webp({ bytes }) {
    for (let at = 12; at + 8 <= bytes.byteLength; at += 8 + padToEven(bytes.getUint32(at + 4, true))) {
      if (!startsWith(bytes, 'EXIF', at)) continue
      const chunk = slice(bytes, at + 8, bytes.getUint32(at + 4, true))
      return startsWith(chunk, EXIF) ? slice(chunk, EXIF.length) : chunk
    }
    return undefined
  },
  tiff: ({ bytes }) => bytes,
}

const EXIF = 'Exif\0\0'

/** Reads tag 0x0112 of the first IFD. Tolerates an IFD that ends early. */
function readTiffOrientation(tiff: DataView): Orientation {
  if (tiff.byteLength < 10) return 1
  const little = startsWith(tiff, 'II*\0')
  if (!little && !startsWith(tiff, 'MM\0*')) return 1
  const ifd = tiff.getUint32(4, little)
  if (ifd + 2 > tiff.byteLength) return 1
  const end = Math.min(ifd + 2 + ENTRY * tiff.getUint16(ifd, little), tiff.byteLength)
  for (let at = ifd + 2; at + ENTRY <= end; at += ENTRY) {
    if (tiff.getUint16(at, little) !== 0x0112) continue
    const width = INTEGER_TYPES[tiff.getUint16(at + 2, little)]
    const count = tiff.getUint32(at + 4, little)
    if (width === undefined || count === 0) return 1
    const value = width === 2 ? tiff.getUint16(at + 8, little) : tiff.getUint32(at + 8, little)
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}

/** Bytes of an IFD entry. */
const ENTRY = 12

/** Bytes of a value of type SHORT, LONG, SSHORT or SLONG. */
const INTEGER_TYPES: Readonly<Record<number, 2 | 4>> = { 3: 2, 4: 4, 8: 2, 9: 4 }

function padToEven(length: number): number {
  return length + (length % 2)
}

/** A part of the bytes, cut off at their end. */
function slice(bytes: DataView, start: number, length = bytes.byteLength): DataView {
  const from = Math.min(start, bytes.byteLength)
  return new DataView(bytes.buffer, bytes.byteOffset + from, Math.min(length, bytes.byteLength - from))
}
