import type { Image, PixelData } from '@facekp/core'

/**
 * To gray by Rec. 601: 0.299 R + 0.587 G + 0.114 B. Bytes come out bit for bit as from PIL's `convert('L')`, which weighs in whole
 * 65536ths and rounds. A gray image is returned as it is.
 */
export function toGray<Data extends PixelData>(image: Image<Data>): Image<Data> {
  if (image.channels === 1) return image
  const { data } = image
  const gray = likeData(data, image.width * image.height)
  if (data instanceof Uint8Array) grayBytes(data, gray as Uint8Array)
  else grayReals(data, gray as Float32Array)
  return { ...image, data: gray, channels: 1 }
}

function grayBytes(rgb: Uint8Array, gray: Uint8Array): void {
  for (let to = 0, from = 0; to < gray.length; to++, from += 3) {
    const [red, green, blue] = [rgb[from] as number, rgb[from + 1] as number, rgb[from + 2] as number]
    gray[to] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
  }
}

function grayReals(rgb: Float32Array, gray: Float32Array): void {
  for (let to = 0, from = 0; to < gray.length; to++, from += 3) {
    // Whole thousandths, so that equal parts of red, green and blue give exactly that value.
    gray[to] = (299 * (rgb[from] as number) + 587 * (rgb[from + 1] as number) + 114 * (rgb[from + 2] as number)) / 1000
  }
}

/** To red, green, blue: a gray value is written three times. An image of three channels is returned as it is. */
export function toRgb<Data extends PixelData>(image: Image<Data>): Image<Data> {
  if (image.channels === 3) return image
  const rgb = likeData(image.data, 3 * image.data.length)
  for (let i = 0; i < image.data.length; i++) rgb.fill(image.data[i] as number, 3 * i, 3 * i + 3)
  return { ...image, data: rgb, channels: 3 }
}

/** An empty array of the same kind. */
export function likeData<Data extends PixelData>(data: Data, length: number): Data {
  return (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as Data
}
