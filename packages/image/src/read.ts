import { readFile } from 'node:fs/promises'
import { FacekpError, type Image } from '@facekp/core'
import { toGray, toRgb } from './color.ts'
import { decodeImage } from './decode.ts'
import { checkHeader, type ImageHeader } from './header.ts'
import { checkReadOptions, type DecodeOptions, type ReadOptions } from './options.ts'
import { decodeBySharp, loadSharp, type Sharp, sharpReads } from './sharp.ts'

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
  const { bytes, header, sharp, decodeOptions } = await openPicture(path, options)
  if (!sharp) return decodeImage(bytes, decodeOptions)
  return inChannels(await decodeBySharp(sharp, bytes, header, path), decodeOptions.channels)
}

/** In gray or RGB, as asked for. */
export function inChannels(image: Image<Uint8Array>, channels: 1 | 3): Image<Uint8Array> {
  return channels === 1 ? toGray(image) : toRgb(image)
}

/** A file that is read and not decoded yet. */
export interface OpenPicture {
  readonly bytes: Uint8Array
  readonly header: ImageHeader
  /** Where it is to decode. */
  readonly sharp: Sharp | undefined
  readonly decodeOptions: Required<DecodeOptions>
}

/** The file's bytes, what they say of themselves, and sharp, where that is to decode them. */
export async function openPicture(path: string, options: ReadOptions): Promise<OpenPicture> {
  const { decoder, ...decodeOptions } = checkReadOptions(path, options)
  const bytes = await readBytes(path)
  const header = checkHeader(bytes, path, decodeOptions.maxPixels)
  const sharp = decoder !== 'jimp' && sharpReads(header.format) ? await sharpOnce(decoder === 'sharp') : undefined
  return { bytes, header, sharp, decodeOptions }
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
