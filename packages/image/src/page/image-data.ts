import { createImage, FacekpError, formatValue, type Image } from '@facekp/core'
import { toRgb } from '../color.ts'

/** Pixels as canvases give them: RGBA, 0..255. */
export interface ImageDataLike {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/**
 * Converts the pixels of a canvas to an image.
 *
 * @param imageData RGBA, such as `context.getImageData(0, 0, width, height)`
 * @returns RGB, bytes 0..255; alpha is dropped without blending
 * @throws FacekpError `IMAGE_SOURCE` if it is no `ImageData`, `IMAGE_SIZE` if its data do not fit its size
 */
export function fromImageData(imageData: ImageDataLike): Image<Uint8Array> {
  const { data, width, height } = imageData ?? {}
  if (!(data instanceof Uint8ClampedArray)) {
    throw new FacekpError({
      code: 'IMAGE_SOURCE',
      problem: 'invalid pixels of a canvas',
      expected: 'ImageData: { data: Uint8ClampedArray of RGBA, width, height }',
      received: formatValue(imageData),
    })
  }
  const rgb = new Uint8Array(3 * Math.trunc(data.length / 4))
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    rgb[to++] = data[from] as number
    rgb[to++] = data[from + 1] as number
    rgb[to++] = data[from + 2] as number
  }
  return createImage(rgb, width, height, 3)
}

/**
 * Converts an image to pixels for `context.putImageData`.
 *
 * @param image bytes 0..255, gray or RGB
 * @throws FacekpError `IMAGE_DATA` if the image has been normalized
 * @example
 * ```ts
 * import { toImageData } from '@facekp/image/browser'
 *
 * context.putImageData(toImageData(image), 0, 0)
 * ```
 */
export function toImageData(image: Image): ImageData {
  const { data, width, height } = toRgb(image)
  if (!(data instanceof Uint8Array)) {
    throw new FacekpError({
      code: 'IMAGE_DATA',
      problem: 'a canvas does not take normalized pixels',
      expected: 'bytes 0 to 255 (Uint8Array)',
      received: 'Float32Array',
    })
  }
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255)
  for (let from = 0, to = 0; from < data.length; to++) {
    rgba[to++] = data[from++] as number
    rgba[to++] = data[from++] as number
    rgba[to++] = data[from++] as number
  }
  return new ImageData(rgba, width, height)
}
