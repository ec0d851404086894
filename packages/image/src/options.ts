import { parseOptions } from '@facekp/options'
import { z } from 'zod'

/** How bytes become an image. */
export interface DecodeOptions {
  /** What errors call the bytes: the file's name, as a rule. Default `image`. */
  readonly name?: string
  /** Pictures of more pixels (width * height) are refused before they are decoded. Default 100 million. */
  readonly maxPixels?: number
  /** 1 is gray (Rec. 601), 3 is red, green, blue. Default 3. */
  readonly channels?: 1 | 3
}

/** How a file becomes an image. */
export interface ReadOptions extends Omit<DecodeOptions, 'name'> {
  /**
   * `auto` (default) takes sharp where it is installed and loads, which is several times faster, and jimp elsewhere and
   * for BMP. `sharp` insists on it and throws `IMAGE_NO_SHARP` where there is none; `jimp` never loads it.
   */
  readonly decoder?: 'auto' | 'sharp' | 'jimp'
}

const decodeSchema = z.strictObject({
  name: z.string().default('image'),
  maxPixels: z.number().positive().default(100_000_000),
  channels: z.union([z.literal(1), z.literal(3)]).default(3),
})

const readSchema = decodeSchema.extend({ decoder: z.enum(['auto', 'sharp', 'jimp']).default('auto') })

/** The options with their defaults. Throws `IMAGE_OPTIONS` where one is not what it should be. */
export function checkDecodeOptions(options: DecodeOptions): Required<DecodeOptions> {
  return parseOptions({ schema: decodeSchema, value: options, code: 'IMAGE_OPTIONS' })
}

/** As {@link checkDecodeOptions}, the path being the name. */
export function checkReadOptions(path: string, options: ReadOptions): Required<DecodeOptions & ReadOptions> {
  return parseOptions({ schema: readSchema, value: { ...options, name: path }, code: 'IMAGE_OPTIONS' })
}
