import { parseOptions } from '@facekp/options'
import { z } from 'zod'
import { binomialFilter } from './binomial.ts'
import type { AxisWindow } from './window.ts'

/** How a map goes on beyond its edge: mirrored without its edge repeated, its edge repeated, or zeros. */
export type BlurPadding = 'reflect' | 'replicate' | 'zero'

/**
 * Whose way of padding is followed, for a filter of size k and stride s.
 *
 * | convention | before, after | padding where none is told |
 * |---|---|---|
 * | `antialiased-cnns` | floor((k - 1) / 2), ceil((k - 1) / 2) | reflect |
 * | `timm` | floor(((s - 1) + (k - 1)) / 2) on both sides | reflect |
 * | `kornia` | floor((k - 1) / 2) on both sides | zero |
 */
export type BlurConvention = 'antialiased-cnns' | 'timm' | 'kornia'

export interface BlurPoolOptions {
  /** Of the binomial filter, 1 to 7, default 4. 1 takes every stride-th pixel. */
  readonly filterSize?: number
  /** Along each axis, default 2. */
  readonly strides?: number
  /** Default the convention's. */
  readonly padding?: BlurPadding
  /** Default `antialiased-cnns`. */
  readonly convention?: BlurConvention
}

export interface MaxBlurPoolOptions extends BlurPoolOptions {
  /** Side of the window of the maximum, which moves pixel by pixel and never beyond the edge; default 2. */
  readonly poolSize?: number
}

const positive = z.number().int().positive()

const blurSchema = z.strictObject({
  filterSize: positive.max(7).default(4),
  strides: positive.default(2),
  padding: z.enum(['reflect', 'replicate', 'zero']).optional(),
  convention: z.enum(['antialiased-cnns', 'timm', 'kornia']).default('antialiased-cnns'),
})

const maxBlurSchema = blurSchema.extend({ poolSize: positive.default(2) })

const SIDES: Readonly<Record<BlurConvention, (filterSize: number, strides: number) => readonly [number, number]>> = {
  'antialiased-cnns': (k) => [Math.floor((k - 1) / 2), Math.ceil((k - 1) / 2)],
  timm: (k, s) => [Math.floor((s - 1 + k - 1) / 2), Math.floor((s - 1 + k - 1) / 2)],
  kornia: (k) => [Math.floor((k - 1) / 2), Math.floor((k - 1) / 2)],
}

/** All options, the defaults filled in. Throws `BLUR_OPTIONS` naming what is out of range or unknown. */
export function blurOptions(options: BlurPoolOptions): Required<BlurPoolOptions> {
  return complete(checked(blurSchema, options))
}

/** As {@link blurOptions}. */
export function maxBlurOptions(options: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  return complete(checked(maxBlurSchema, options))
}

/** {@link blurOptions} of those among all that a layer is told. */
export function layerBlurOptions(told: BlurPoolOptions): Required<BlurPoolOptions> {
  return complete(checked(blurSchema.strip(), told))
}

/** As {@link layerBlurOptions}. */
export function layerMaxBlurOptions(told: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  return complete(checked(maxBlurSchema.strip(), told))
}

/** What these options do along an axis. */
export function blurWindow({ filterSize, strides, padding, convention }: Required<BlurPoolOptions>): AxisWindow {
  const [before, after] = SIDES[convention](filterSize, strides)
  return { filter: binomialFilter(filterSize), stride: strides, before, after, padding }
}

function complete<T extends Omit<Required<BlurPoolOptions>, 'padding'>>(
  options: T & { readonly padding?: BlurPadding | undefined },
): T & { readonly padding: BlurPadding } {
  return { ...options, padding: options.padding ?? (options.convention === 'kornia' ? 'zero' : 'reflect') }
}

function checked<T>(schema: z.ZodType<T>, options: unknown): T {
  return parseOptions({ schema, value: options, code: 'BLUR_OPTIONS', name: 'blurPool' })
}
