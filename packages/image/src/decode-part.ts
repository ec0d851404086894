import { type Box, FacekpError, type Image } from '@facekp/core'
import { toGray, toRgb } from './color.ts'
import { decodeJpeg } from './decode-jpeg.ts'
import { damagedError, unsupportedError } from './errors.ts'
import type { ImageHeader } from './header.ts'
import { decodeWithJimp, isReadByJimp } from './jimp.ts'
import type { DecodeOptions } from './options.ts'
import { orientImage, orientSize, unorientBox } from './orient.ts'
import type { PartDecoder } from './stored-part.ts'

/** What to decode of an image, and how. */
export interface PartOptions extends Pick<Required<DecodeOptions>, 'name' | 'channels'> {
  /** Box of whole pixels inside the oriented image; default all of it. */
  readonly part?: Box | undefined
  /** Decodes all but JPEG; default jimp, which reads PNG and BMP. */
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
  if (!(jpeg || decoder || isReadByJimp(format))) throw unsupportedError(`${format}, without sharp`, name)
  try {
    const pixels = jpeg
      ? await decodeJpeg(bytes, jpeg, { part: box, channels })
      : await (decoder ?? decodeWithJimp)({ bytes, format, box, name })
    return orientImage(channels === 1 ? toGray(pixels) : toRgb(pixels), orientation)
  } catch (error) {
    throw error instanceof FacekpError ? error : damagedError(name, error)
  }
}
