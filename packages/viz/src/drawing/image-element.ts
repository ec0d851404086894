import type { Image } from '@facekp/core'
import { encodePng } from '@facekp/image'
import { formatCoordinate } from './svg.ts'

/** Renders an image as an SVG element of this width, with its aspect ratio. */
export async function renderImage(image: Image, width: number): Promise<string> {
  const png = await encodePng({ ...image, data: toBytes(image) })
  const height = (width * image.height) / image.width
  return `<image width="${formatCoordinate(width)}" height="${formatCoordinate(height)}" preserveAspectRatio="none" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`
}

/** Returns bytes unchanged; maps floats linearly from their minimum and maximum to 0 and 255. */
function toBytes({ data }: Image): Uint8Array {
  if (data instanceof Uint8Array) return data
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of data) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const range = high > low ? high - low : 1
  const bytes = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) bytes[i] = Math.round((((data[i] as number) - low) / range) * 255)
  return bytes
}
