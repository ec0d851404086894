import { FacekpError, formatValue, type Image } from '@facekp/core'
import { fromBitmap } from './page-source.ts'

/**
 * Decodes an image file by the browser's own decoder: JPEG, PNG, WebP, GIF (the first frame), and AVIF or HEIC where the browser can.
 * Like `readImage`, it turns the image upright and does not apply color profiles.
 *
 * @param blob a file of an `<input type="file">`, or `await response.blob()`
 * @returns RGB, bytes 0..255
 * @throws FacekpError `IMAGE_SOURCE` if it is no blob, `IMAGE_DAMAGED` if the browser cannot decode it
 * @example
 * ```ts
 * import { fromBlob } from '@facekp/image/browser'
 *
 * const image = await fromBlob(input.files[0])
 * ```
 */
export async function fromBlob(blob: Blob): Promise<Image<Uint8Array>> {
  if (!(blob instanceof Blob)) {
    throw new FacekpError({
      code: 'IMAGE_SOURCE',
      problem: 'invalid image file',
      expected: 'a Blob or File',
      received: formatValue(blob),
    })
  }
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
  } catch (cause) {
    throw new FacekpError({
      code: 'IMAGE_DAMAGED',
      problem: 'the browser cannot decode the image',
      received: `${blob.size} bytes of type ${blob.type || 'unknown'}`,
      expected: 'a complete file in a format of this browser, such as JPEG, PNG or WebP',
      cause,
    })
  }
  const image = fromBitmap(bitmap)
  bitmap.close()
  return image
}
