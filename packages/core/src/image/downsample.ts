import type { Image, PixelData } from './image.ts'

/** The axes along which an image is halved. */
export interface HalvedAxes {
  readonly horizontal: boolean
  readonly vertical: boolean
}

/**
 * Halves an image's width, height or both. Each pixel is the mean of two (or four); bytes are rounded. An unpaired last column
 * or row is paired with itself.
 */
export function downsample2x<Data extends PixelData>(image: Image<Data>, axes: HalvedAxes): Image<Data> {
  const { data, channels } = image
  const { horizontal, vertical } = axes
  const width = horizontal ? (image.width + 1) >> 1 : image.width
  const height = vertical ? (image.height + 1) >> 1 : image.height
  const isBytes = data instanceof Uint8Array
  if (isBytes && horizontal && channels === 1 && data.byteOffset % 4 === 0 && image.width % 4 === 0) {
    return { ...image, data: halveWords(image as Image<Uint8Array>, vertical) as Data, width, height }
  }
  const length = width * height * channels
  const output = (isBytes ? new Uint8Array(length) : new Float32Array(length)) as Data
  const stepX = horizontal ? 2 : 1
  const stepY = vertical ? 2 : 1
  for (let y = 0, to = 0; y < height; y++) {
    const upper = y * stepY * image.width
    const lower = Math.min(y * stepY + stepY - 1, image.height - 1) * image.width
    for (let x = 0; x < width; x++) {
      const left = x * stepX
      const right = Math.min(left + stepX - 1, image.width - 1)
      const p = (upper + left) * channels
      const q = (upper + right) * channels
      const r = (lower + left) * channels
      const s = (lower + right) * channels
      for (let c = 0; c < channels; c++, to++) {
        const sum =
          (data[p + c] as number) + (data[q + c] as number) + (data[r + c] as number) + (data[s + c] as number)
        output[to] = isBytes ? (sum + 2) >> 2 : sum / 4
      }
    }
  }
  return { ...image, data: output, width, height }
}

/** Halves gray bytes four at a time: a 32-bit word has 16 bits for each sum of its even and its odd bytes. */
function halveWords({ data, width, height }: Image<Uint8Array>, vertical: boolean): Uint8Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
  const columns = width >> 2
  const rows = vertical ? (height + 1) >> 1 : height
  const pairs = new Uint16Array(columns * rows)
  for (let y = 0, to = 0; y < rows; y++) {
    let upper = (vertical ? 2 * y : y) * columns
    let lower = vertical ? Math.min(2 * y + 1, height - 1) * columns : upper
    for (let x = 0; x < columns; x++, to++) {
      const p = words[upper++] as number
      const q = words[lower++] as number
      const sums = (p & 0xff00ff) + ((p >>> 8) & 0xff00ff) + (q & 0xff00ff) + ((q >>> 8) & 0xff00ff) + 0x20002
      pairs[to] = ((sums >>> 2) & 0xff) | ((sums >>> 10) & 0xff00)
    }
  }
  return new Uint8Array(pairs.buffer)
}
