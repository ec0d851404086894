import { readFileSync } from 'node:fs'
import { checkArgument, FacekpError, type Image } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { decodePart, type PartOptions } from './decode-part.ts'
import { checkHeader, type ImageHeader } from './header.ts'
import { checkReadOptions, type ReadOptions } from './options.ts'
import { createSharpDecoder, isReadBySharp, loadSharp } from './sharp.ts'

/**
 * Reads an image file as {@link decodeImage} does; with sharp, if it is installed, also WebP, AVIF, GIF and TIFF.
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
  checkArgument(KINDS.path, path, 'path', 'readImage')
  checkArgument(KINDS.object, options, 'options', 'readImage')
  const { bytes, header, partOptions } = await openImage(path, options)
  return decodePart(bytes, header, partOptions)
}

/** An image file before decoding. */
export interface OpenImage {
  readonly bytes: Uint8Array
  readonly header: ImageHeader
  readonly partOptions: PartOptions
  readonly maxPixels: number
}

/** Reads a file, checks its header and chooses the decoder. */
export async function openImage(path: string, options: ReadOptions): Promise<OpenImage> {
  const checked = checkReadOptions(path, options)
  const { decoder, name, channels, maxPixels } = checked
  const bytes = readBytes(path)
  const header = checkHeader(bytes, checked)
  const isSharpWanted = decoder !== 'builtin' && isReadBySharp(header.format)
  const sharp = isSharpWanted ? await getSharp(decoder === 'sharp') : undefined
  const partOptions = { name, channels, decoder: sharp && createSharpDecoder(sharp) }
  return { bytes, header, partOptions, maxPixels }
}

let loading: ReturnType<typeof loadSharp> | undefined

async function getSharp(isRequired: boolean): Promise<Awaited<ReturnType<typeof loadSharp>>> {
  loading ??= loadSharp()
  const sharp = await loading
  if (!sharp && isRequired) {
    throw new FacekpError({
      code: 'IMAGE_NO_SHARP',
      problem: 'sharp is not installed or does not load',
      expected: 'sharp (npm install sharp), or decoder auto or builtin',
    })
  }
  return sharp
}

/** Reads a file synchronously: passing it between threads would take as long as decoding a small JPEG. */
function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
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
