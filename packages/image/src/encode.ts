import { FacekpError, type Image } from '@facekp/core'
import { Jimp } from 'jimp'
import { toRgb } from './color.ts'

/** Encodes an image as an 8-bit PNG, gray or RGB. Throws `IMAGE_NOT_BYTES` if its pixels are floats. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  return toBytes(await createBitmap(image).getBuffer('image/png', { colorType: image.channels === 1 ? 0 : 2 }))
}

/**
 * Encodes an image as a JPEG without chroma subsampling (4:4:4).
 *
 * @param options.quality 1 to 100, default 90
 * @throws FacekpError `IMAGE_NOT_BYTES` if its pixels are floats, `JPEG_QUALITY` if the quality is out of range
 */
export async function encodeJpeg(
  image: Image,
  { quality = 90 }: { readonly quality?: number } = {},
): Promise<Uint8Array> {
  if (!(quality >= 1 && quality <= 100)) {
    throw new FacekpError({
      code: 'JPEG_QUALITY',
      problem: 'invalid JPEG quality',
      received: String(quality),
      expected: 'a number from 1 to 100',
    })
  }
  return toBytes(await createBitmap(image).getBuffer('image/jpeg', { quality }))
}

function createBitmap(image: Image): InstanceType<typeof Jimp> {
  const { data, width, height } = toRgb(image)
  if (!(data instanceof Uint8Array)) {
    throw new FacekpError({
      code: 'IMAGE_NOT_BYTES',
      problem: 'cannot encode the image',
      received: 'Float32Array pixels',
      expected: 'Uint8Array pixels 0..255',
    })
  }
  const bitmap = new Jimp({ width, height, color: 0xffffffff })
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4)
    bitmap.bitmap.data.set(data.subarray(from, from + 3), to)
  return bitmap
}

/** Copies to a plain Uint8Array: a Buffer is one too, but exposes its pool and slices differently. */
function toBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}
