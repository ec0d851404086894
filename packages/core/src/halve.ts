import type { Image, PixelData } from './image.ts'

/**
 * The picture at half its width (and height), each pixel the mean of the two (or four) that it stands for; bytes are rounded. A
 * last column or row without a partner stands for itself.
 */
export function halve<Data extends PixelData>(image: Image<Data>, across: boolean, down: boolean): Image<Data> {
  const { data, channels } = image
  const width = across ? (image.width + 1) >> 1 : image.width
  const height = down ? (image.height + 1) >> 1 : image.height
  if (data instanceof Uint8Array && across && channels === 1 && data.byteOffset % 4 === 0 && image.width % 4 === 0) {
    return { ...image, data: halveWords(data, image.width, image.height, down) as Data, width, height }
  }
  const bytes = data instanceof Uint8Array
  const halved = (
    bytes ? new Uint8Array(width * height * channels) : new Float32Array(width * height * channels)
  ) as Data
  const [stepX, stepY] = [across ? 2 : 1, down ? 2 : 1]
  for (let y = 0, to = 0; y < height; y++) {
    const upper = y * stepY * image.width
    const lower = Math.min(y * stepY + stepY - 1, image.height - 1) * image.width
    for (let x = 0; x < width; x++) {
      const left = x * stepX
      const right = Math.min(left + stepX - 1, image.width - 1)
      const [p, q, r, s] = [upper + left, upper + right, lower + left, lower + right]
      for (let c = 0; c < channels; c++, to++) {
        const sum =
          (data[p * channels + c] as number) +
          (data[q * channels + c] as number) +
          (data[r * channels + c] as number) +
          (data[s * channels + c] as number)
        halved[to] = bytes ? (sum + 2) >> 2 : sum / 4
      }
    }
  }
  return { ...image, data: halved, width, height }
}

/** Four bytes at a time: neighbors are added within the two halves of a word of 32 bits, where there is room for it. */
function halveWords(data: Uint8Array, width: number, height: number, down: boolean): Uint8Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
  const [across, rows] = [width >> 2, down ? (height + 1) >> 1 : height]
  const pairs = new Uint16Array(across * rows)
  for (let y = 0, to = 0; y < rows; y++) {
    let upper = (down ? 2 * y : y) * across
    let lower = down ? Math.min(2 * y + 1, height - 1) * across : upper
    for (let x = 0; x < across; x++, to++) {
      const p = words[upper++] as number
      const q = words[lower++] as number
      const sums = (p & 0xff00ff) + ((p >>> 8) & 0xff00ff) + (q & 0xff00ff) + ((q >>> 8) & 0xff00ff) + 0x20002
      pairs[to] = ((sums >>> 2) & 0xff) | ((sums >>> 10) & 0xff00)
    }
  }
  return new Uint8Array(pairs.buffer)
}
