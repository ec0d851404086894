import { createImage, FacekpError, formatValue, type Image } from '@facekp/core'
import { fromImageData, fromPageSource, type ImageDataLike, isPageSource, type PageSource } from '@facekp/image/browser'
import type { Tensor3D } from '@tensorflow/tfjs-core'

/**
 * An image for landmarkers: an image of `@facekp/core`, `ImageData`, the bytes of an image file, a tensor of
 * [height, width, 1, 3 or 4 channels] whose values are 0..255 if they are int32 and 0..1 if they are float32, as in
 * `tf.browser.toPixels`; in a page also an image, video or canvas element, an `OffscreenCanvas`, `ImageBitmap` or `VideoFrame`.
 * Alpha is dropped.
 */
export type ImageSource = Image | ImageDataLike | Uint8Array | Tensor3D | PageSource

/**
 * Converts a source to an image.
 *
 * @throws FacekpError `LANDMARKER_IMAGE`, `IMAGE_SOURCE`, or that of decoding
 */
export async function toImage(source: ImageSource): Promise<Image> {
  if (source instanceof Uint8Array) {
    // Decoders are large, and most callers have pixels.
    const { decodeImage } = await import('@facekp/image')
    return decodeImage(source)
  }
  if (typeof source !== 'object' || source === null) throw imageError(formatValue(source))
  if (isPageSource(source)) return fromPageSource(source)
  if ('shape' in source) return fromTensor(source)
  const { data, width, height } = source
  if ('channels' in source) return createImage(data as Image['data'], width, height, source.channels)
  if (!(data instanceof Uint8ClampedArray)) throw imageError(formatValue(source))
  return fromImageData({ data, width, height })
}

/**
 * Reads the pixels of a page source, which may change at any time, such as a playing video. Other sources are returned unchanged.
 *
 * @throws FacekpError `IMAGE_SOURCE`
 */
export function capturePageSource<Source>(source: Source): Source | Image {
  return isPageSource(source) ? fromPageSource(source) : source
}

async function fromTensor(tensor: Tensor3D): Promise<Image> {
  const [height, width, channels] = tensor.shape
  if (tensor.rank !== 3 || ![1, 3, 4].includes(channels)) throw imageError(`a tensor of shape [${tensor.shape}]`)
  const scale = tensor.dtype === 'float32' ? 255 : 1
  const values = await tensor.data()
  const bytes = new Uint8ClampedArray(values.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = (values[i] as number) * scale
  if (channels === 4) return fromImageData({ data: bytes, width, height })
  return createImage(new Uint8Array(bytes.buffer), width, height, channels as 1 | 3)
}

function imageError(received: string): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_IMAGE',
    problem: 'invalid image',
    expected:
      'an image of @facekp/core, ImageData, the bytes of an image file, a tensor of [height, width, channels], or an image, video or canvas of the page',
    received,
  })
}
