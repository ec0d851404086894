import { createImage, type Image } from '@facekp/core'

/** Bits of the red, green and blue of a pixel of 32 bits, unless the file has its own. */
const MASKS = [0xff0000, 0xff00, 0xff] as const

/** Decodes a whole BMP of a supported kind to RGB, without alpha. Its header and length were checked. */
export async function decodeBmp(bytes: Uint8Array): Promise<Image<Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = view.getInt32(18, true)
  const storedHeight = view.getInt32(22, true)
  const height = Math.abs(storedHeight)
  const bits = view.getUint16(28, true)
  const hasMasks = view.getUint32(30, true) === 3
  const readPixel = createReader(view, bits, hasMasks ? [54, 58, 62].map((at) => view.getUint32(at, true)) : MASKS)
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  const rgb = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    // Rows are stored from the bottom up, unless the height is negative.
    const row = view.getUint32(10, true) + (storedHeight < 0 ? y : height - 1 - y) * rowBytes
    for (let x = 0; x < width; x++) readPixel(row, x, rgb, 3 * (y * width + x))
  }
  return createImage(rgb, width, height, 3)
}

/** Writes the red, green and blue of pixel x of the row at an offset, from `to` on. */
type PixelReader = (row: number, x: number, rgb: Uint8Array, to: number) => void

function createReader(view: DataView, bits: number, masks: readonly number[]): PixelReader {
  if (bits === 32) return createMaskReader(view, masks)
  if (bits === 24) return (row, x, rgb, to) => writeColor(view, row + 3 * x, rgb, to)
  const palette = 14 + view.getUint32(14, true)
  return (row, x, rgb, to) => {
    const bit = x * bits
    const index = (view.getUint8(row + (bit >> 3)) >> (8 - bits - (bit & 7))) & ((1 << bits) - 1)
    writeColor(view, palette + 4 * index, rgb, to)
  }
}

function createMaskReader(view: DataView, masks: readonly number[]): PixelReader {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
    return { mask, shift, largest: Math.max(mask >>> shift, 1) }
  })
  return (row, x, rgb, to) => {
    const pixel = view.getUint32(row + 4 * x, true)
    let at = to
    for (const { mask, shift, largest } of channels)
      rgb[at++] = Math.round((((pixel & mask) >>> shift) * 255) / largest)
  }
}

/** Writes the color that is stored as blue, green and red. */
function writeColor(view: DataView, at: number, rgb: Uint8Array, to: number): void {
  rgb[to] = view.getUint8(at + 2)
  rgb[to + 1] = view.getUint8(at + 1)
  rgb[to + 2] = view.getUint8(at)
}
