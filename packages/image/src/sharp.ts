import { type Box, createImage, type Image } from '@facekp/core'
import { damagedError } from './errors.ts'
import type { ImageFormat, ImageHeader } from './header.ts'
import { orientImage, orientSize, unorientBox } from './orient.ts'

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
 * Decodes as jimp does, after the header was checked: no color profile, alpha dropped, the header's orientation applied.
 *
 * @param part box of whole pixels of the oriented image to decode; default the whole image
 */
export async function decodeWithSharp(
  sharp: Sharp,
  bytes: Uint8Array,
  header: ImageHeader,
  name: string,
  part?: Box,
): Promise<Image<Uint8Array>> {
  const { format, orientation, is16Bit } = header
  try {
    // Each step costs time even if it changes nothing.
    let pipeline = sharp(bytes, { failOn: 'warning', limitInputPixels: false, ignoreIcc: true })
    if (part) pipeline = pipeline.extract(unorientBox(part, orientSize(header, orientation), orientation))
    if (format !== 'jpeg') pipeline = pipeline.removeAlpha()
    if (is16Bit) pipeline = pipeline.toColorspace('rgb16')
    const { data, info } = await pipeline
      .raw({ depth: is16Bit ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = is16Bit ? toEightBits(data) : new Uint8Array(data.buffer, data.byteOffset, data.length)
    return orientImage(createImage(pixels, info.width, info.height, info.channels as 1 | 3), orientation)
  } catch (error) {
    throw damagedError(name, error)
  }
}

function toEightBits(data: Buffer): Uint8Array {
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return Uint8Array.from(deep, (value) => Math.round((value * 255) / 65535))
}
