import type { ImageFormat } from './header.ts'
import { parseJpegSegments } from './jpeg-segments.ts'
import type { Orientation } from './orient.ts'

/**
 * Reads the EXIF orientation of an image file; 1 if it has none or an invalid one.
 *
 * JPEG: the first APP1 segment that begins with "Exif". PNG: the first eXIf chunk. The tag counts in the first IFD only (the
 * second describes the thumbnail), as a 16- or 32-bit integer of either byte order, as PIL and libvips read it.
 *
 * Source: CIPA DC-008 (Exif 2.32), 4.6.4 and 4.7.2; TIFF 6.0, section 2.
 */
export function readOrientation(bytes: Uint8Array, format: ImageFormat): Orientation {
  const exif = EXIF_FINDERS[format]?.(bytes)
  return exif ? readTiffOrientation(exif) : 1
}

const EXIF_FINDERS: Readonly<Partial<Record<ImageFormat, (bytes: Uint8Array) => DataView | undefined>>> = {
  jpeg(bytes) {
    for (const { marker, payload } of parseJpegSegments(bytes)) {
      if (marker === START_OF_SCAN) return undefined
      if (marker === APP1 && startsWith(payload, EXIF)) return slice(payload, EXIF.length)
    }
    return undefined
  },
  png(bytes) {
    const view = slice(bytes, 0)
    for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
      if (startsWith(slice(view, at + 4), 'eXIf')) return slice(view, at + 8, view.getUint32(at))
    }
    return undefined
  },
}

const START_OF_SCAN = 0xda
const APP1 = 0xe1
const EXIF = 'Exif\0\0'

/** Copies a JPEG and makes its EXIF unreadable, for a decoder that would apply an orientation of its own reading. */
export function hideExif(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const { marker, payload } of parseJpegSegments(copy)) {
    if (marker === APP1 && payload.byteLength > 0) payload.setUint8(0, 0)
  }
  return copy
}

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

function startsWith(view: DataView, text: string): boolean {
  if (view.byteLength < text.length) return false
  return Array.from(text).every((character, i) => view.getUint8(i) === character.charCodeAt(0))
}

/** A part of the bytes, cut off at their end. */
function slice(bytes: ArrayBufferView, start: number, length = bytes.byteLength): DataView {
  const from = Math.min(start, bytes.byteLength)
  return new DataView(bytes.buffer, bytes.byteOffset + from, Math.min(length, bytes.byteLength - from))
}
