import type { Image } from '@facekp/core'
import { fromBlob } from '@facekp/image/browser'

/**
 * Decodes an image file by the browser. In the build it takes the place of `decodeImage` of `@facekp/image`, whose decoders a landmarker
 * loads for the bytes of files: the page itself decodes images before it passes them on.
 *
 * @throws FacekpError `IMAGE_DAMAGED`
 */
export function decodeImage(bytes: Uint8Array<ArrayBuffer>): Promise<Image> {
  return fromBlob(new Blob([bytes]))
}
