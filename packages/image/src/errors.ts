import { FacekpError } from '@facekp/core'

/** Creates the error for a file that ends before its image data. */
export function truncatedError(bytes: Uint8Array, name: string): FacekpError {
  return new FacekpError({
    code: 'IMAGE_TRUNCATED',
    problem: 'the file ends before its image data',
    file: name,
    received: `${bytes.length} bytes`,
    expected: 'a complete file; download or copy it again',
  })
}

/** The supported formats, for messages. */
export const SUPPORTED =
  'JPEG, PNG or uncompressed BMP; WebP, AVIF, GIF or TIFF if readImage finds sharp (npm install sharp)'

/** Creates the error for an image format that the decoders do not support. */
export function unsupportedError(kind: string, name: string): FacekpError {
  return new FacekpError({
    code: 'IMAGE_UNSUPPORTED',
    problem: 'unsupported image format',
    file: name,
    received: kind,
    expected: SUPPORTED,
  })
}

/** Creates the error for image data that the decoder rejects. */
export function damagedError(name: string, cause: unknown): FacekpError {
  return new FacekpError({
    code: 'IMAGE_DAMAGED',
    problem: 'cannot decode the image',
    file: name,
    received: cause instanceof Error ? cause.message : String(cause),
    cause,
  })
}
