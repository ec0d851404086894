import { cropAndResize, imageBox } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { outputSide, sizeSchema } from '../schemas.ts'

export interface ResizeOptions {
  readonly width: number
  readonly height: number
}

export type ResizeParams = { readonly width: number; readonly height: number }

const definition: Definition<ResizeOptions, ResizeParams> = {
  name: 'resize',
  options: z.strictObject({ width: outputSide, height: outputSide }),
  params: z.strictObject(sizeSchema),
  makeParams: (_, { image: { width, height } }) => ({ width, height }),
  createOp: (from, to) => ({ from, to, map: cropAndResize(imageBox(from), to.width, to.height) }),
}

/**
 * Resizes the image to `width` x `height`, antialiased if it shrinks.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * resize({ width: 240, height: 240 })
 * ```
 */
export function resize(options: ResizeOptions): Augmentation<ResizeParams> {
  return define(definition, options)
}
