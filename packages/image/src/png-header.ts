import { startsWith } from './bytes.ts'
import type { Inspection } from './inspection.ts'

/**
 * Inspects a PNG: its size in IHDR, the first chunk, and whether its chunks (PNG specification, 5.3) reach IEND. A second IHDR,
 * which some decoders would follow, makes the size invalid.
 */
export function inspectPng(bytes: Uint8Array): Inspection {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let headers = 0
  let isComplete = false
  for (let at = 8; at + 12 <= view.byteLength && !isComplete; at += 12 + view.getUint32(at)) {
    if (startsWith(view, 'IHDR', at + 4)) headers++
    isComplete = startsWith(view, 'IEND', at + 4)
  }
  const hasSize = headers === 1 && startsWith(view, 'IHDR', 12) && bytes.length > DEPTH
  return { isComplete, size: hasSize ? { width: view.getUint32(16), height: view.getUint32(20) } : undefined }
}

/** Offset of the bits a channel in IHDR. */
const DEPTH = 24

/** Returns whether a PNG has 16 bits a channel. */
export function isPng16Bit(bytes: Uint8Array): boolean {
  return bytes[DEPTH] === 16
}
