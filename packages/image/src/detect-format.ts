import { FacekpError } from '@facekp/core'
import { imageSize } from 'image-size'
import { startsWith } from './bytes.ts'
import { SUPPORTED, unsupportedError } from './errors.ts'

/** The formats that a decoder reads. */
export type ImageFormat = 'jpeg' | 'png' | 'bmp' | 'webp' | 'gif' | 'avif' | 'tiff'

/** Tests whether bytes have a format. */
const DETECTORS: Readonly<Record<ImageFormat, (bytes: DataView) => boolean>> = {
  jpeg: (bytes) => startsWith(bytes, '\xff\xd8\xff'),
  png: (bytes) => startsWith(bytes, '\x89PNG'),
  bmp: (bytes) => startsWith(bytes, 'BM'),
  webp: (bytes) => startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8),
  gif: (bytes) => startsWith(bytes, 'GIF8'),
  avif: (bytes) => startsWith(bytes, 'ftypavif', 4) || startsWith(bytes, 'ftypavis', 4),
  tiff: (bytes) => startsWith(bytes, 'II*\0') || startsWith(bytes, 'MM\0*'),
}

/** Detects the format by the content. Throws `IMAGE_UNSUPPORTED` or `IMAGE_UNKNOWN`. */
export function detectFormat(bytes: DataView, name: string): ImageFormat {
  const formats = Object.keys(DETECTORS) as ImageFormat[]
  const format = formats.find((candidate) => DETECTORS[candidate](bytes))
  if (format) return format
  const other = detectOtherFormat(bytes)
  if (other !== undefined) throw unsupportedError(other, name)
  const beginning = Array.from({ length: Math.min(bytes.byteLength, 8) }, (_, i) =>
    bytes.getUint8(i).toString(16).padStart(2, '0'),
  )
  throw new FacekpError({
    code: 'IMAGE_UNKNOWN',
    problem: 'not an image',
    file: name,
    received: `${bytes.byteLength} bytes beginning with ${beginning.join(' ')}`,
    expected: SUPPORTED,
  })
}

function detectOtherFormat(bytes: DataView): string | undefined {
  try {
    return imageSize(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)).type
  } catch {
    return undefined
  }
}
