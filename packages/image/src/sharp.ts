import { createImage, type Image } from '@facekp/core'
import { damaged } from './errors.ts'
import type { ImageFormat } from './header.ts'

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

/** As jimp decodes it: no colour profile applied, alpha dropped, a JPEG turned upright. The header must have been checked. */
export async function decodeBySharp(
  sharp: Sharp,
  bytes: Uint8Array,
  format: ImageFormat,
  name: string,
): Promise<Image<Uint8Array>> {
  try {
    const input = sharp(bytes, { failOn: 'warning', limitInputPixels: false, ignoreIcc: true })
    const deep = (await input.metadata()).depth === 'ushort'
    const upright = (format === 'jpeg' ? input.autoOrient() : input).removeAlpha()
    const { data, info } = await upright
      .toColourspace(deep ? 'rgb16' : 'srgb')
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = deep ? toEightBits(data) : new Uint8Array(data)
    return createImage(pixels, info.width, info.height, info.channels as 1 | 3)
  } catch (error) {
    throw damaged(name, error)
  }
}

function toEightBits(data: Buffer): Uint8Array {
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return Uint8Array.from(deep, (value) => Math.round((value * 255) / 65535))
}
