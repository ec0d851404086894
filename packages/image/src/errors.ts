import { FacekpError } from '@facekp/core'

/** The file ends before its picture does. */
export function truncated(bytes: Uint8Array, name: string): FacekpError {
  return new FacekpError({
    code: 'IMAGE_TRUNCATED',
    problem: 'the file ends before its picture does',
    file: name,
    received: `${bytes.length} bytes`,
    expected: 'the whole file',
  })
}

/** A picture, but of a kind that is not read (by both decoders alike). */
export function unsupported(kind: string, name: string): FacekpError {
  return new FacekpError({
    code: 'IMAGE_UNSUPPORTED',
    problem: 'pictures of this kind are not read',
    file: name,
    received: kind,
    expected: 'JPEG (gray or color), PNG or uncompressed BMP',
  })
}

/** What a decoder's own complaint becomes. */
export function damaged(name: string, cause: unknown): FacekpError {
  return new FacekpError({
    code: 'IMAGE_DAMAGED',
    problem: 'the picture cannot be decoded',
    file: name,
    received: cause instanceof Error ? cause.message : String(cause),
    cause,
  })
}
