import { translation } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { type BorderOptions, borderSchemas, MAX_SIDE, sizeSchema } from '../schemas.ts'

export interface PadOptions extends BorderOptions {
  /** Pixels to add on each side, at most 32,768, default 0. */
  readonly left?: number
  readonly top?: number
  readonly right?: number
  readonly bottom?: number
}

export type PadParams = { readonly width: number; readonly height: number }

const pixels = z._default(z.int().check(z.minimum(0), z.maximum(MAX_SIDE)), 0)

const definition: Definition<Required<PadOptions>, PadParams> = {
  name: 'pad',
  options: z.strictObject({ left: pixels, top: pixels, right: pixels, bottom: pixels, ...borderSchemas }),
  params: z.strictObject(sizeSchema),
  makeParams: (_, { image: { width, height } }) => ({ width, height }),
  createOp: (from, { left, top, right, bottom, border, outOfFrame }) => ({
    from,
    to: { width: from.width + left + right, height: from.height + top + bottom },
    map: translation(left, top),
    border: { border, outOfFrame },
  }),
}

/**
 * Adds pixels around the image: its edge, its reflection or a constant, by `border`.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * pad({ left: 10, right: 10, border: 'reflect' })
 * ```
 */
export function pad(options: PadOptions): Augmentation<PadParams> {
  return define(definition, options)
}
