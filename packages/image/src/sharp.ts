import { type Box, createImage, type Image } from '@facekp/core'
import { damagedError } from './errors.ts'
import type { ImageFormat, ImageHeader } from './header.ts'

/** The default export of sharp. */
export type Sharp = typeof import('sharp').default

/** Loads sharp; undefined if it is not installed or its native library does not load. */
export async function loadSharp(): Promise<Sharp | undefined> {
  try {
    return (await import('sharp')).default
  } catch {
    return undefined
  }
}

/** Returns whether sharp reads a format: its build of libvips has no BMP. */
export function isReadBySharp(format: ImageFormat): boolean {
  return format !== 'bmp'
}

/**
 * Decodes as jimp does, after the header was checked: no color profile, alpha dropped, EXIF orientation applied.
 *
 * @param part box of whole pixels to decode, after the EXIF orientation is applied; default the whole image
 */
export async function decodeWithSharp(
  sharp: Sharp,
  bytes: Uint8Array,
  { format, isRotated, is16Bit }: ImageHeader,
  name: string,
  part?: Box,
): Promise<Image<Uint8Array>> {
  try {
    // Each step costs time even if it changes nothing.
    let pipeline = sharp(bytes, { failOn: 'warning', limitInputPixels: false, ignoreIcc: true })
    if (isRotated) pipeline = pipeline.autoOrient()
    if (part) pipeline = pipeline.extract(part)
    if (format !== 'jpeg') pipeline = pipeline.removeAlpha()
    if (is16Bit) pipeline = pipeline.toColorspace('rgb16')
    const { data, info } = await pipeline
      .raw({ depth: is16Bit ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = is16Bit ? toEightBits(data) : new Uint8Array(data.buffer, data.byteOffset, data.length)
    return createImage(pixels, info.width, info.height, info.channels as 1 | 3)
  } catch (error) {
    throw damagedError(name, error)
  }
}

function toEightBits(data: Buffer): Uint8Array {
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return Uint8Array.from(deep, (value) => Math.round((value * 255) / 65535))
}
