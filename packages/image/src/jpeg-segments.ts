/** A marker of a JPEG and its payload; markers without a length have an empty one. */
export interface JpegSegment {
  readonly marker: number
  readonly payload: DataView
}

/**
 * Lists the segments (ITU-T T.81, B.1.1) to the end of the image. Markers of a thumbnail are inside a segment and are skipped.
 *
 * A segment that the file's end cuts off has an empty payload.
 */
export function parseJpegSegments(bytes: Uint8Array): JpegSegment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const segments: JpegSegment[] = []
  let at = 2
  while (at + 1 < bytes.length) {
    // Entropy-coded data end at 0xff; 0xff 0x00 is part of the data, 0xff 0xff a fill byte.
    at = bytes.indexOf(0xff, at)
    const marker = bytes[at + 1]
    if (at < 0 || marker === undefined) break
    if (marker === 0x00 || marker === 0xff) {
      at += marker === 0x00 ? 2 : 1
      continue
    }
    const end = at + 2 + readLength(view, marker, at + 2)
    const hasPayload = end > at + 4 && end <= bytes.length
    segments.push({
      marker,
      payload: hasPayload
        ? new DataView(bytes.buffer, bytes.byteOffset + at + 4, end - at - 4)
        : new DataView(bytes.buffer, 0, 0),
    })
    if (marker === JPEG_END) break
    at = end
  }
  return segments
}

/** The marker that ends an image (EOI). */
export const JPEG_END = 0xd9

/** Length of what follows a marker: 0 for TEM, RST, SOI and EOI. */
function readLength(view: DataView, marker: number, at: number): number {
  const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9)
  if (hasNoLength) return 0
  return at + 1 < view.byteLength ? view.getUint16(at) : view.byteLength
}
