import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { FacekpError, type Image } from '@facekp/core'
import { encodeJpeg, encodePng } from './encode.ts'

/**
 * Writes a PNG or JPEG (quality 90) as the file's extension says, whole or not at all. Its folder must exist.
 * Throws `IMAGE_EXTENSION` for another extension and `IMAGE_NOT_WRITTEN` where the file system refuses.
 */
export async function writeImage(path: string, image: Image): Promise<void> {
  const encode = ENCODERS[extname(path).toLowerCase()]
  if (!encode) {
    throw new FacekpError({
      code: 'IMAGE_EXTENSION',
      problem: 'pictures are not written in this format',
      file: path,
      received: extname(path) || 'no extension',
      expected: Object.keys(ENCODERS).join(', '),
    })
  }
  const bytes = await encode(image)
  const unfinished = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(unfinished, bytes)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw new FacekpError({
      code: 'IMAGE_NOT_WRITTEN',
      problem: 'the picture cannot be written',
      file: path,
      received: (error as Error).message,
      cause: error,
    })
  }
}

const ENCODERS: Readonly<Record<string, (image: Image) => Promise<Uint8Array>>> = {
  '.png': encodePng,
  '.jpg': encodeJpeg,
  '.jpeg': encodeJpeg,
}
