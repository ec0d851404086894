import { type Box, FacekpError } from '@facekp/core'
import type { ReadCropOptions } from '@facekp/image/node'
import { z } from 'zod'

/** What to cut out around a face. */
export interface FaceCrop {
  /** Of what comes out, in pixels: of a square, or width and height. */
  readonly size: number | readonly [width: number, height: number]
  /** How much to add to the box on each side, as a fraction of it; default 0. */
  readonly margin?: number
  /**
   * Cuts out the box as it is, so that a face may come out stretched. By default as much more is cut out as gives it the sides of
   * what comes out: a square for a square.
   */
  readonly stretch?: boolean
  /** What lies beyond the picture, 0..255; default 0. */
  readonly pad?: number
}

/** The options with their defaults. */
export type CheckedCrop = Required<FaceCrop>

const side = z.int().positive()
const schema: z.ZodType<CheckedCrop> = z.strictObject({
  size: z.union([side, z.tuple([side, side])]),
  margin: z.number().gt(-0.5).default(0),
  stretch: z.boolean().default(false),
  pad: z.number().min(0).max(255).default(0),
})

/** The crop with its defaults. Throws `IBUG_CROP` where an option is not what it should be. */
export function checkCrop(crop: FaceCrop): CheckedCrop {
  const checked = schema.safeParse(crop)
  if (checked.success) return checked.data
  throw new FacekpError({
    code: 'IBUG_CROP',
    problem: 'the options of the crop are not right',
    received: JSON.stringify(crop),
    expected: z.prettifyError(checked.error),
    cause: checked.error,
  })
}

/** What to read of a picture with this face: the edges of the box rounded to whole pixels. */
export function cropAround(face: Box, { size, margin, stretch, pad }: CheckedCrop): Required<ReadCropOptions> {
  const [width, height] = typeof size === 'number' ? [size, size] : size
  const grown = 1 + 2 * margin
  const scale = grown * Math.max(face.width / width, face.height / height)
  const cut = {
    width: Math.max(1, Math.round(stretch ? grown * face.width : scale * width)),
    height: Math.max(1, Math.round(stretch ? grown * face.height : scale * height)),
  }
  return {
    box: {
      left: Math.round(face.left + (face.width - cut.width) / 2),
      top: Math.round(face.top + (face.height - cut.height) / 2),
      ...cut,
    },
    width,
    height,
    pad,
  }
}
