import { createImage } from '@facekp/core'
import type { ImageFormat } from './detect-format.ts'
import { unsupportedError } from './errors.ts'
import { isPng16Bit } from './png-header.ts'
import type { PartDecoder } from './stored-part.ts'

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

/** Returns whether sharp is to read a format: its build of libvips has no BMP, and it is slower for JPEG. */
export function isReadBySharp(format: ImageFormat): boolean {
  return format !== 'jpeg' && format !== 'bmp'
}

/**
 * Creates a decoder of images whose header was checked: the first frame, no color profile, alpha dropped, no EXIF orientation
 * applied. The mirror and rotation that AVIF itself stores are applied.
 */
export function createSharpDecoder(sharp: Sharp): PartDecoder {
  return async ({ bytes, format, box, name, pixelCount }) => {
    const source = sharp(bytes, { failOn: 'warning', limitInputPixels: pixelCount, ignoreIcc: true })
    const is16Bit = format === 'png' ? isPng16Bit(bytes) : await checkPixelType(source, name)
    const pipeline = source.extract(box).removeAlpha()
    const { data, info } = await (is16Bit ? pipeline.toColorspace('rgb16') : pipeline)
      .raw({ depth: is16Bit ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = is16Bit ? toEightBits(data) : new Uint8Array(data.buffer, data.byteOffset, data.length)
    return createImage(pixels, info.width, info.height, info.channels as 1 | 3)
  }
}

/** Returns whether an image has 16 bits a channel. Throws `IMAGE_UNSUPPORTED` if it is not gray or RGB of 8 or 16 bits. */
async function checkPixelType(source: ReturnType<Sharp>, name: string): Promise<boolean> {
  const { format, depth, space } = await source.metadata()
  if (space === 'cmyk' || !(depth === 'uchar' || depth === 'ushort')) {
    throw unsupportedError(`${format} in color space ${space} with values of type ${depth}`, name)
  }
  return depth === 'ushort'
}

function toEightBits(data: Buffer): Uint8Array {
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return Uint8Array.from(deep.map((value) => Math.round((value * 255) / 65535)))
}
