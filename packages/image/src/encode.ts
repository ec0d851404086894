import { checkArgument, FacekpError, type Image, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

const ENCODE_JPEG_OPTIONS = optionsKind({ quality: KINDS.any })

/** Encodes an image as an 8-bit PNG, gray or RGB. Throws `IMAGE_NOT_BYTES` if its pixels are floats. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  checkArgument(KINDS.image, image, 'image', 'encodePng')
  const bytes = checkBytes(image)
  const { encodePngBytes } = await import('./encode-png.ts')
  return encodePngBytes(bytes)
}

/**
 * Encodes an image as a JPEG, gray or without chroma subsampling (4:4:4).
 *
 * @param image of at most 65535 pixels a side
 * @param options.quality 1 to 100, default 90
 * @throws FacekpError `IMAGE_NOT_BYTES` if its pixels are floats, `JPEG_QUALITY` if the quality is out of range, `JPEG_SIZE`
 */
export async function encodeJpeg(image: Image, options: { readonly quality?: number } = {}): Promise<Uint8Array> {
  checkArgument(KINDS.image, image, 'image', 'encodeJpeg')
  checkArgument(ENCODE_JPEG_OPTIONS, options, 'options', 'encodeJpeg')
  const { quality = 90 } = options
  if (!(quality >= 1 && quality <= 100)) {
    throw new FacekpError({
      code: 'JPEG_QUALITY',
      problem: 'invalid JPEG quality',
      received: String(quality),
      expected: 'a number from 1 to 100',
    })
  }
  const bytes = checkBytes(image)
  if (Math.max(image.width, image.height) > MAX_JPEG_SIDE) {
    throw new FacekpError({
      code: 'JPEG_SIZE',
      problem: 'the image is too large for a JPEG',
      received: `${image.width} x ${image.height}`,
      expected: `at most ${MAX_JPEG_SIDE} pixels a side; a PNG may be larger`,
    })
  }
  const { encodeBaselineJpeg } = await import('./encode-jpeg.ts')
  return encodeBaselineJpeg(bytes, quality)
}

/** Sides are numbers of 16 bits. */
const MAX_JPEG_SIDE = 65535

function checkBytes(image: Image): Image<Uint8Array> {
  const { data } = image
  if (data instanceof Uint8Array) return { ...image, data }
  throw new FacekpError({
    code: 'IMAGE_NOT_BYTES',
    problem: 'cannot encode the image',
    received: 'Float32Array pixels',
    expected: 'Uint8Array pixels 0..255',
  })
}
