import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'

/** Options of decoding bytes. */
export interface DecodeOptions {
  /** Name of the bytes in error messages, such as the file's name. Default `image`. */
  readonly name?: string
  /** Maximum width * height: larger images are rejected before they are decoded. Default 100 million. */
  readonly maxPixels?: number
  /** 1 is gray (Rec. 601), 3 is red, green, blue. Default 3. */
  readonly channels?: 1 | 3
  /** `apply` (default) turns the image upright by its EXIF orientation; `ignore` leaves the pixels as they are stored. */
  readonly orientation?: 'apply' | 'ignore'
}

/** Options of reading a file. */
export interface ReadOptions extends Omit<DecodeOptions, 'name'> {
  /**
   * What decodes a PNG: `auto` (default) is sharp if it is installed, otherwise the package's own
   * decoder; `sharp` throws `IMAGE_NO_SHARP` if sharp does not load; `builtin` never loads sharp. The pixels are the same. JPEG and BMP
   * never need sharp; WebP, AVIF, GIF and TIFF always do.
   */
  readonly decoder?: 'auto' | 'sharp' | 'builtin'
}

const decodeSchema = z.strictObject({
  name: z._default(z.string(), 'image'),
  maxPixels: z._default(z.number().check(z.positive()), 100_000_000),
  channels: z._default(z.union([z.literal(1), z.literal(3)]), 3),
  orientation: z._default(z.enum(['apply', 'ignore']), 'apply'),
})

const readSchema = z.extend(decodeSchema, { decoder: z._default(z.enum(['auto', 'sharp', 'builtin']), 'auto') })

/** Returns the options with their defaults. Throws `IMAGE_OPTIONS` for an invalid one. */
export function checkDecodeOptions(options: DecodeOptions): Required<DecodeOptions> {
  return parseOptions({ schema: decodeSchema, value: options, code: 'IMAGE_OPTIONS' })
}

/** As {@link checkDecodeOptions}, the path being the name. */
export function checkReadOptions(path: string, options: ReadOptions): Required<DecodeOptions & ReadOptions> {
  return parseOptions({ schema: readSchema, value: { ...options, name: path }, code: 'IMAGE_OPTIONS' })
}
