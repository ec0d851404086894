import { type Box, cropAndResize } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { type BorderOptions, borderSchemas, coordinate, outputSide, sizeSchema } from '../schemas.ts'

export interface CropOptions extends BorderOptions, Box {}

export type CropParams = { readonly width: number; readonly height: number }

const definition: Definition<Required<CropOptions>, CropParams> = {
  name: 'crop',
  options: z.strictObject({
    left: coordinate,
    top: coordinate,
    width: outputSide,
    height: outputSide,
    ...borderSchemas,
  }),
  params: z.strictObject(sizeSchema),
  makeParams: (_, { image: { width, height } }) => ({ width, height }),
  createOp: (from, { border, outOfFrame, ...box }) => ({
    from,
    to: { width: box.width, height: box.height },
    map: cropAndResize(box, box.width, box.height),
    border: { border, outOfFrame },
  }),
}

/**
 * Crops a box along pixel edges, which may extend beyond the image.
 *
 * Width and height are integers; left and top need not be.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * crop({ left: 10, top: 20, width: 200, height: 200 })
 * ```
 */
export function crop(options: CropOptions): Augmentation<CropParams> {
  return define(definition, options)
}
