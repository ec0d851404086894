import type { Box } from '@facekp/core'
import type { ReadCropOptions } from '@facekp/image/node'
import * as z from 'zod/mini'

/** What to crop around the box of each face. */
export interface FaceCrop {
  /** Size of the crop in pixels: the side of a square, or width and height. */
  readonly size: number | { readonly width: number; readonly height: number }
  /** Margin on each side of the box, as a fraction of the box, above -0.5; default 0. */
  readonly margin?: number | undefined
  /** Whether to stretch the box to the aspect ratio of the crop. By default the box is extended to it. */
  readonly stretch?: boolean | undefined
  /** Value of the pixels beyond the image, 0 to 255; default 0. */
  readonly pad?: number | undefined
}

const sideSchema = z.int().check(z.positive())

/** Checks a {@link FaceCrop} and fills in its defaults. */
export const faceCropSchema: z.ZodMiniType<ResolvedCrop> = z.strictObject({
  size: z.union([sideSchema, z.strictObject({ width: sideSchema, height: sideSchema })]),
  margin: z._default(z.number().check(z.gt(-0.5)), 0),
  stretch: z._default(z.boolean(), false),
  pad: z._default(z.number().check(z.minimum(0), z.maximum(255)), 0),
})

/** A crop with its defaults. */
export interface ResolvedCrop {
  readonly size: FaceCrop['size']
  readonly margin: number
  readonly stretch: boolean
  readonly pad: number
}

/** Computes the region of the image to read for a face: the box with its margin, its edges rounded to whole pixels. */
export function computeCrop(face: Box, { size, margin, stretch, pad }: ResolvedCrop): Required<ReadCropOptions> {
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size
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
