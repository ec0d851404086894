/** A marker of a JPEG and its payload; markers without a length have an empty one. */
export interface JpegSegment {
  readonly marker: number
  readonly payload: DataView
  /** Offset of the marker. */
  readonly start: number
  /** Offset of what follows: for SOS and RST the entropy-coded data. */
  readonly end: number
}

/** Returns whether images have no such marker (T.81): what follows it, perhaps a scan, would be lost. libjpeg refuses it too. */
export function isUnknownMarker(marker: number): boolean {
  return (marker > 0x01 && marker < 0xc0) || (marker >= 0xde && marker <= 0xdf) || (marker >= 0xf0 && marker <= 0xfd)
}

/** Markers (ITU-T T.81, table B.1). */
export const JPEG = {
  DHT: 0xc4,
  RST0: 0xd0,
  RST7: 0xd7,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DRI: 0xdd,
  APP0: 0xe0,
  APP1: 0xe1,
  APP14: 0xee,
} as const

/**
 * Lists the segments (ITU-T T.81, B.1.1) to the end of the image. Markers of a thumbnail are inside a segment and are skipped,
 * as are bytes between segments.
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
    segments.push({ marker, payload: createPayload(bytes, at + 4, end), start: at, end })
    if (marker === JPEG.EOI) break
    at = end
  }
  return segments
}

function createPayload(bytes: Uint8Array, start: number, end: number): DataView {
  const length = end <= bytes.length ? Math.max(end - start, 0) : 0
  return new DataView(bytes.buffer, bytes.byteOffset + Math.min(start, bytes.length), length)
}

/** Length of what follows a marker: 0 for TEM, RST, SOI and EOI. */
function readLength(view: DataView, marker: number, at: number): number {
  const hasNoLength = marker === 0x01 || (marker >= JPEG.RST0 && marker <= JPEG.EOI)
  if (hasNoLength) return 0
  return at + 1 < view.byteLength ? view.getUint16(at) : view.byteLength
}
