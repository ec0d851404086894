import { FacekpError } from '@facekp/core'

/**
 * Decodes an image file upright, with the pixels that `readImage` gives in Node: without color profiles.
 *
 * @throws FacekpError `IMAGE_DAMAGED` if the browser cannot decode it
 */
export async function decodeBitmap(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
  } catch (cause) {
    throw new FacekpError({
      code: 'IMAGE_DAMAGED',
      problem: 'the browser cannot decode the image',
      file: file instanceof File ? file.name : undefined,
      received: `${file.size} bytes of type ${file.type || 'unknown'}`,
      expected: 'a complete file in a format of this browser, such as JPEG, PNG or WebP',
      cause,
    })
  }
}
