import { readFile } from 'node:fs/promises'
import { FacekpError, type Image } from '@facekp/core'
import { toGray, toRgb } from './color.ts'
import { decodeImage } from './decode.ts'
import { checkHeader } from './header.ts'
import { checkReadOptions, type ReadOptions } from './options.ts'
import { decodeBySharp, loadSharp, sharpReads } from './sharp.ts'

/**
 * Reads a JPEG, PNG or BMP file: what {@link decodeImage} does, by sharp where it is installed.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError `IMAGE_NOT_FOUND`, `IMAGE_IS_FOLDER`, `IMAGE_UNREADABLE` (no permission, say), `IMAGE_NO_SHARP`,
 *   and all that `decodeImage` throws, each with the file's name
 * @example
 * ```ts
 * const image = await readImage('faces/01-1m.jpg', { channels: 1 })
 * ```
 */
export async function readImage(path: string, options: ReadOptions = {}): Promise<Image<Uint8Array>> {
  const { decoder, ...decodeOptions } = checkReadOptions(path, options)
  const { maxPixels, channels } = decodeOptions
  const bytes = await readBytes(path)
  const format = checkHeader(bytes, path, maxPixels)
  const sharp = decoder !== 'jimp' && sharpReads(format) ? await sharpOnce(decoder === 'sharp') : undefined
  if (!sharp) return decodeImage(bytes, decodeOptions)
  const image = await decodeBySharp(sharp, bytes, format, path)
  return channels === 1 ? toGray(image) : toRgb(image)
}

let loading: ReturnType<typeof loadSharp> | undefined

async function sharpOnce(needed: boolean): Promise<Awaited<ReturnType<typeof loadSharp>>> {
  loading ??= loadSharp()
  const sharp = await loading
  if (!sharp && needed) {
    throw new FacekpError({
      code: 'IMAGE_NO_SHARP',
      problem: 'sharp was asked for and is not installed, or does not load on this machine',
      expected: 'npm install sharp, or decoder auto or jimp',
    })
  }
  return sharp
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const [kind, problem] = READ_ERRORS[code] ?? ['IMAGE_UNREADABLE', 'the file cannot be read']
    throw new FacekpError({ code: kind, problem, file: path, cause: error })
  }
}

const READ_ERRORS: Readonly<Record<string, readonly [code: string, problem: string]>> = {
  ENOENT: ['IMAGE_NOT_FOUND', 'there is no such file'],
  ENOTDIR: ['IMAGE_NOT_FOUND', 'there is no such file'],
  EISDIR: ['IMAGE_IS_FOLDER', 'this is a folder, not a picture'],
}
