import type { Inspection } from './inspection.ts'

/** Length of the file header and of the shortest supported image header. */
const HEADER = 54

/** Inspects a BMP: its size, its kind, and its length; rows are padded to four bytes. */
export function inspectBmp(bytes: Uint8Array): Inspection {
  if (bytes.length < HEADER) return { isComplete: false, size: undefined }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = view.getInt32(18, true)
  const height = Math.abs(view.getInt32(22, true))
  const bits = view.getUint16(28, true)
  const pixels = view.getUint32(10, true)
  return {
    unsupported: findUnsupported(view.getUint32(14, true), bits, view.getUint32(30, true)),
    isComplete: bytes.length >= pixels + Math.ceil((width * bits) / 32) * 4 * height,
    size: width > 0 ? { width, height } : undefined,
  }
}

function findUnsupported(headerSize: number, bits: number, compression: number): string | undefined {
  if (headerSize < 40) return 'OS/2 BMP'
  if (compression !== 0 && !(compression === 3 && bits === 32)) return `BMP of compression ${compression}`
  return [1, 4, 8, 24, 32].includes(bits) ? undefined : `BMP of ${bits} bits a pixel`
}
