import { readFile } from 'node:fs/promises'
import { FacekpError, type Image } from '@facekp/core'
import { toGray, toRgb } from './color.ts'
import { decodeImage } from './decode.ts'
import { checkHeader, type ImageHeader } from './header.ts'
import { checkReadOptions, type DecodeOptions, type ReadOptions } from './options.ts'
import { decodeWithSharp, isReadBySharp, loadSharp, type Sharp } from './sharp.ts'

/**
 * Reads a JPEG, PNG or BMP file as {@link decodeImage} does, with sharp if it is installed.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError `IMAGE_NOT_FOUND`, `IMAGE_IS_FOLDER`, `IMAGE_UNREADABLE` (such as no permission), `IMAGE_NO_SHARP`,
 *   and the errors of `decodeImage`, each with the path
 * @example
 * ```ts
 * const image = await readImage('faces/01-1m.jpg', { channels: 1 })
 * ```
 */
export async function readImage(path: string, options: ReadOptions = {}): Promise<Image<Uint8Array>> {
  const { bytes, header, sharp, decodeOptions } = await openImage(path, options)
  if (!sharp) return decodeImage(bytes, decodeOptions)
  return toChannels(await decodeWithSharp(sharp, bytes, header, path), decodeOptions.channels)
}

/** Converts an image to gray or RGB. */
export function toChannels(image: Image<Uint8Array>, channels: 1 | 3): Image<Uint8Array> {
  return channels === 1 ? toGray(image) : toRgb(image)
}

/** An image file before decoding. */
export interface OpenImage {
  readonly bytes: Uint8Array
  readonly header: ImageHeader
  /** Defined if sharp is to decode the file. */
  readonly sharp: Sharp | undefined
  readonly decodeOptions: Required<DecodeOptions>
}

/** Reads a file, checks its header and chooses the decoder. */
export async function openImage(path: string, options: ReadOptions): Promise<OpenImage> {
  const { decoder, ...decodeOptions } = checkReadOptions(path, options)
  const bytes = await readBytes(path)
  const header = checkHeader(bytes, decodeOptions)
  const sharp = decoder !== 'jimp' && isReadBySharp(header.format) ? await getSharp(decoder === 'sharp') : undefined
  return { bytes, header, sharp, decodeOptions }
}

let loading: ReturnType<typeof loadSharp> | undefined

async function getSharp(isRequired: boolean): Promise<Awaited<ReturnType<typeof loadSharp>>> {
  loading ??= loadSharp()
  const sharp = await loading
  if (!sharp && isRequired) {
    throw new FacekpError({
      code: 'IMAGE_NO_SHARP',
      problem: 'sharp is not installed or does not load',
      expected: 'sharp (npm install sharp), or decoder auto or jimp',
    })
  }
  return sharp
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const [kind, problem] = READ_ERRORS[code] ?? ['IMAGE_UNREADABLE', 'cannot read the file']
    throw new FacekpError({ code: kind, problem, file: path, cause: error })
  }
}

const READ_ERRORS: Readonly<Record<string, readonly [code: string, problem: string]>> = {
  ENOENT: ['IMAGE_NOT_FOUND', 'file not found'],
  ENOTDIR: ['IMAGE_NOT_FOUND', 'file not found'],
  EISDIR: ['IMAGE_IS_FOLDER', 'the path is a folder, not an image file'],
}
