import { extname } from 'node:path'
import { checkArgument, FacekpError, type Image } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { writeFileAtomic } from '@facekp/files'
import { encodeJpeg, encodePng } from './encode.ts'

/**
 * Writes a PNG or JPEG (quality 90), by the file's extension, completely or not at all. Creates its folder.
 *
 * @throws FacekpError `IMAGE_EXTENSION` for another extension; `IMAGE_NOT_WRITTEN` if the file cannot be written
 */
export async function writeImage(path: string, image: Image): Promise<void> {
  checkArgument(KINDS.path, path, 'path', 'writeImage')
  checkArgument(KINDS.image, image, 'image', 'writeImage')
  const encode = ENCODERS[extname(path).toLowerCase()]
  if (!encode) {
    throw new FacekpError({
      code: 'IMAGE_EXTENSION',
      problem: 'unknown image format',
      file: path,
      received: extname(path) || 'no extension',
      expected: Object.keys(ENCODERS).join(', '),
    })
  }
  await writeFileAtomic(path, await encode(image), 'IMAGE_NOT_WRITTEN')
}

const ENCODERS: Readonly<Record<string, (image: Image) => Promise<Uint8Array>>> = {
  '.png': encodePng,
  '.jpg': encodeJpeg,
  '.jpeg': encodeJpeg,
}
