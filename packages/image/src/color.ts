import type { Image, PixelData } from '@facekp/core'

/**
 * To grey by Rec. 601: 0.299 R + 0.587 G + 0.114 B, rounded where the pixels are bytes. A grey image is returned as it
 * is.
 */
export function toGray<Data extends PixelData>(image: Image<Data>): Image<Data> {
  if (image.channels === 1) return image
  const { data } = image
  const gray = likeData(data, image.width * image.height)
  const round = data instanceof Uint8Array
  for (let to = 0, from = 0; to < gray.length; to++, from += 3) {
    // Whole thousandths, so that equal parts of red, green and blue give exactly that value.
    const thousandths =
      299 * (data[from] as number) + 587 * (data[from + 1] as number) + 114 * (data[from + 2] as number)
    gray[to] = round ? Math.round(thousandths / 1000) : thousandths / 1000
  }
  return { ...image, data: gray, channels: 1 }
}

/** To red, green, blue: a grey value is written three times. An image of three channels is returned as it is. */
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
