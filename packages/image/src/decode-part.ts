import { type Box, FacekpError, type Image } from '@facekp/core'
import { toGray, toRgb } from './color.ts'
import { cropImage } from './crop.ts'
import { decodeJpeg } from './decode-jpeg.ts'
import type { ImageFormat } from './detect-format.ts'
import { damagedError, unsupportedError } from './errors.ts'
import type { ImageHeader } from './header.ts'
import type { DecodeOptions } from './options.ts'
import { orientImage, orientSize, unorientBox } from './orient.ts'
import type { PartDecoder } from './stored-part.ts'

/** What to decode of an image, and how. */
export interface PartOptions extends Pick<Required<DecodeOptions>, 'name' | 'channels'> {
  /** Box of whole pixels inside the oriented image; default all of it. */
  readonly part?: Box | undefined
  /** Decodes all but JPEG; default the package's own decoders of PNG and BMP. */
  readonly decoder?: PartDecoder | undefined
}

/** Decodes a part of an image after its header was checked, oriented as the header says. */
export async function decodePart(
  bytes: Uint8Array,
  header: ImageHeader,
  { name, channels, part, decoder }: PartOptions,
): Promise<Image<Uint8Array>> {
  const { format, orientation, jpeg } = header
  const size = orientSize(header, orientation)
  const box = part ? unorientBox(part, size, orientation) : { left: 0, top: 0, ...size }
  const decodeFormat = decoder ?? DECODERS[format]
  if (!(jpeg || decodeFormat)) throw unsupportedError(`${format}, without sharp`, name)
  try {
    const pixels = jpeg
      ? await decodeJpeg(bytes, jpeg, { part: box, channels })
      : await (decodeFormat as PartDecoder)({ bytes, format, box, name, pixelCount: size.width * size.height })
    return orientImage(channels === 1 ? toGray(pixels) : toRgb(pixels), orientation)
  } catch (error) {
    throw error instanceof FacekpError ? error : damagedError(name, error)
  }
}

const DECODERS: Readonly<Partial<Record<ImageFormat, PartDecoder>>> = {
  png: async ({ bytes, box }) => cropImage(await (await import('./decode-png.ts')).decodePng(bytes), box),
  bmp: async ({ bytes, box }) => cropImage(await (await import('./decode-bmp.ts')).decodeBmp(bytes), box),
}
