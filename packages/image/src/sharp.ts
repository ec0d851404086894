import { type Box, createImage, type Image } from '@facekp/core'
import { damaged } from './errors.ts'
import type { ImageFormat, ImageHeader } from './header.ts'

/** What `import('sharp')` brings. */
export type Sharp = typeof import('sharp').default

/** Loads sharp; undefined where it is not installed or its library does not load on this machine. */
export async function loadSharp(): Promise<Sharp | undefined> {
  try {
    return (await import('sharp')).default
  } catch {
    return undefined
  }
}

/** JPEG and PNG; libvips as sharp ships it reads no BMP. */
export function sharpReads(format: ImageFormat): boolean {
  return format !== 'bmp'
}

/**
 * As jimp decodes it: no color profile applied, alpha dropped, a JPEG turned upright. The header must have been checked.
 *
 * @param part what to decode of it, whole pixels within the upright picture; libvips reads no further than it must
 */
export async function decodeBySharp(
  sharp: Sharp,
  bytes: Uint8Array,
  { format, turned, deep }: ImageHeader,
  name: string,
  part?: Box,
): Promise<Image<Uint8Array>> {
  try {
    // Each step costs time, even where it changes nothing.
    let pipeline = sharp(bytes, { failOn: 'warning', limitInputPixels: false, ignoreIcc: true })
    if (turned) pipeline = pipeline.autoOrient()
    if (part) pipeline = pipeline.extract(part)
    if (format !== 'jpeg') pipeline = pipeline.removeAlpha()
    if (deep) pipeline = pipeline.toColorspace('rgb16')
    const { data, info } = await pipeline
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = deep ? toEightBits(data) : new Uint8Array(data.buffer, data.byteOffset, data.length)
    return createImage(pixels, info.width, info.height, info.channels as 1 | 3)
  } catch (error) {
    throw damaged(name, error)
  }
}

function toEightBits(data: Buffer): Uint8Array {
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return Uint8Array.from(deep, (value) => Math.round((value * 255) / 65535))
}
