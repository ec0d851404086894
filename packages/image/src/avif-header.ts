import { imageSize } from 'image-size'
import { startsWith } from './bytes.ts'
import type { Inspection } from './inspection.ts'
import type { Size } from './orient.ts'

/**
 * Inspects an AVIF: its size after the rotation that it stores and that its decoder applies (property irot of
 * ISO/IEC 23008-12, 6.5.10). sharp checks the rest.
 */
export function inspectAvif(bytes: Uint8Array): Inspection {
  try {
    const { width, height } = imageSize(bytes)
    return { isComplete: true, size: rotateSize({ width, height }, readQuarterTurns(bytes)) }
  } catch {
    return { isComplete: false, size: undefined }
  }
}

function rotateSize({ width, height }: Size, quarterTurns: number): Size {
  return quarterTurns % 2 === 1 ? { width: height, height: width } : { width, height }
}

/** Reads the rotation in the box meta; 0 if it has no such property. */
function readQuarterTurns(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at + 8 <= view.byteLength && !startsWith(view, 'meta', at + 4)) at += Math.max(view.getUint32(at), 8)
  const end = at + 8 <= view.byteLength ? Math.min(at + view.getUint32(at), view.byteLength) : 0
  for (let place = at; place + 5 <= end; place++) {
    if (startsWith(view, 'irot', place)) return view.getUint8(place + 4) & 3
  }
  return 0
}
