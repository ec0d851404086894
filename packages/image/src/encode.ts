import { FacekpError, type Image } from '@facekp/core'
import { Jimp } from 'jimp'
import { toRgb } from './color.ts'

/** A PNG file of 8 bits, gray or RGB as the image is. Throws `IMAGE_NOT_BYTES` where its pixels are real numbers. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  return bytesOf(await bitmapOf(image).getBuffer('image/png', { colorType: image.channels === 1 ? 0 : 2 }))
}

/**
 * A JPEG file, 4:4:4. Throws `IMAGE_NOT_BYTES` where the image's pixels are real numbers, and `JPEG_QUALITY`.
 *
 * @param options.quality 1 to 100, default 90
 */
export async function encodeJpeg(
  image: Image,
  { quality = 90 }: { readonly quality?: number } = {},
): Promise<Uint8Array> {
  if (!(quality >= 1 && quality <= 100)) {
    throw new FacekpError({
      code: 'JPEG_QUALITY',
      problem: 'there is no such quality',
      received: String(quality),
      expected: '1 to 100',
    })
  }
  return bytesOf(await bitmapOf(image).getBuffer('image/jpeg', { quality }))
}

function bitmapOf(image: Image): InstanceType<typeof Jimp> {
  const { data, width, height } = toRgb(image)
  if (!(data instanceof Uint8Array)) {
    throw new FacekpError({
      code: 'IMAGE_NOT_BYTES',
      problem: 'only an image of bytes 0..255 can be encoded',
      received: 'real numbers',
    })
  }
  const bitmap = new Jimp({ width, height, color: 0xffffffff })
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4)
    bitmap.bitmap.data.set(data.subarray(from, from + 3), to)
  return bitmap
}

/** A plain Uint8Array: a Buffer is one too, but shows its pool and slices otherwise. */
function bytesOf(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}
