import type { Box } from '@facekp/core'
import type { ReadCropOptions } from '@facekp/image/node'
import { parseOptions } from '@facekp/options'
import { z } from 'zod'

/** What to crop around a face. */
export interface FaceCrop {
  /** Size of the crop in pixels: a square, or width and height. */
  readonly size: number | readonly [width: number, height: number]
  /** What to add to the box on each side, as a fraction of it; default 0. */
  readonly margin?: number
  /** Crops the box as it is, so that the face may be stretched. By default the box grows to the aspect ratio of `size`. */
  readonly stretch?: boolean
  /** Intensity beyond the image, 0..255; default 0. */
  readonly pad?: number
}

export type CheckedCrop = Required<FaceCrop>

const side = z.int().positive()
const schema: z.ZodType<CheckedCrop> = z.strictObject({
  size: z.union([side, z.tuple([side, side])]),
  margin: z.number().gt(-0.5).default(0),
  stretch: z.boolean().default(false),
  pad: z.number().min(0).max(255).default(0),
})

/** Returns the crop with its defaults. Throws `CROP_OPTIONS` if an option is invalid. */
export function checkCrop(crop: FaceCrop): CheckedCrop {
  return parseOptions({ schema, value: crop, code: 'CROP_OPTIONS', name: 'crop' })
}

/** Returns the region of an image to read for a face: the edges of the box rounded to whole pixels. */
export function cropAround(face: Box, { size, margin, stretch, pad }: CheckedCrop): Required<ReadCropOptions> {
  const [width, height] = typeof size === 'number' ? [size, size] : size
  const growth = 1 + 2 * margin
  const scale = growth * Math.max(face.width / width, face.height / height)
  const region = {
    width: Math.max(1, Math.round(stretch ? growth * face.width : scale * width)),
    height: Math.max(1, Math.round(stretch ? growth * face.height : scale * height)),
  }
  return {
    box: {
      left: Math.round(face.left + (face.width - region.width) / 2),
      top: Math.round(face.top + (face.height - region.height) / 2),
      ...region,
    },
    width,
    height,
    pad,
  }
}
