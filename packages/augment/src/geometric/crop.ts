import { type Box, croppingAndResizing } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { type BeyondOptions, beyondSchema, side, sizeSchema } from '../schemas.ts'

export interface CropOptions extends BeyondOptions, Box {}

export type CropParams = { readonly width: number; readonly height: number }

const definition: Definition<Required<CropOptions>, CropParams> = {
  name: 'crop',
  options: z.strictObject({ left: z.number(), top: z.number(), width: side, height: side, ...beyondSchema }),
  params: z.strictObject(sizeSchema),
  draw: (_, { image: { width, height } }) => ({ width, height }),
  step: (from, { border, outside, ...box }) => ({
    from,
    to: { width: box.width, height: box.height },
    map: croppingAndResizing(box, box.width, box.height),
    beyond: { border, outside },
  }),
}

/**
 * Cuts out a box, along pixel edges; it may reach beyond the picture. Width and height are whole numbers; left and top need not
 * be. Throws `AUGMENT_OPTIONS`.
 */
export function crop(options: CropOptions): Augmentation<CropParams> {
  return define(definition, options)
}
