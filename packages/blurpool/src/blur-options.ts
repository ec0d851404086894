import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { AxisWindow } from './axis-window.ts'
import { binomialFilter } from './binomial-filter.ts'
import type { BlurPadding } from './padding.ts'

/**
 * The library whose padding is used, for a filter of size k and stride s.
 *
 * | convention | before, after | default padding |
 * |---|---|---|
 * | `antialiased-cnns` | floor((k - 1) / 2), ceil((k - 1) / 2) | reflect |
 * | `timm` | floor(((s - 1) + (k - 1)) / 2) on both sides | reflect |
 * | `kornia` | floor((k - 1) / 2) on both sides | zero |
 */
export type BlurConvention = 'antialiased-cnns' | 'timm' | 'kornia'

export interface BlurPoolOptions {
  /** Size of the binomial filter, 1 to 7, default 4. 1 keeps every stride-th pixel unfiltered. */
  readonly filterSize?: number
  /** Stride along each axis, default 2. */
  readonly strides?: number
  /** Default the convention's. */
  readonly padding?: BlurPadding
  /** Default `antialiased-cnns`. */
  readonly convention?: BlurConvention
}

export interface MaxBlurPoolOptions extends BlurPoolOptions {
  /** Side of the window of the maximum, which has stride 1 and no padding; default 2. */
  readonly poolSize?: number
}

const positive = z.int().check(z.positive())

const blurSchema = z.strictObject({
  filterSize: z._default(positive.check(z.maximum(7)), 4),
  strides: z._default(positive, 2),
  padding: z.optional(z.enum(['reflect', 'replicate', 'zero'])),
  convention: z._default(z.enum(['antialiased-cnns', 'timm', 'kornia']), 'antialiased-cnns'),
})

const maxBlurSchema = z.strictObject({ ...blurSchema.shape, poolSize: z._default(positive, 2) })

/** A layer has options of its own beside these. */
const blurOfLayerSchema = z.object(blurSchema.shape)
const maxBlurOfLayerSchema = z.object(maxBlurSchema.shape)

const SIDES: Readonly<Record<BlurConvention, (filterSize: number, strides: number) => readonly [number, number]>> = {
  'antialiased-cnns': (k) => [Math.floor((k - 1) / 2), Math.ceil((k - 1) / 2)],
  timm: (k, s) => [Math.floor((s - 1 + k - 1) / 2), Math.floor((s - 1 + k - 1) / 2)],
  kornia: (k) => [Math.floor((k - 1) / 2), Math.floor((k - 1) / 2)],
}

/** Checks options and fills in the defaults. Throws `BLUR_OPTIONS` for invalid options. */
export function resolveBlurOptions(options: BlurPoolOptions): Required<BlurPoolOptions> {
  return resolvePadding(parseBlurOptions(blurSchema, options))
}

/** Checks options of a MaxBlurPool, like {@link resolveBlurOptions}. */
export function resolveMaxBlurOptions(options: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  return resolvePadding(parseBlurOptions(maxBlurSchema, options))
}

/** Picks the blur options among a layer's and resolves them. */
export function pickBlurOptions(layerOptions: BlurPoolOptions): Required<BlurPoolOptions> {
  return resolvePadding(parseBlurOptions(blurOfLayerSchema, layerOptions))
}

/** Picks the options of a MaxBlurPool among a layer's and resolves them. */
export function pickMaxBlurOptions(layerOptions: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  return resolvePadding(parseBlurOptions(maxBlurOfLayerSchema, layerOptions))
}

/** Returns the window of these options along one axis. */
export function createBlurWindow({ filterSize, strides, padding, convention }: Required<BlurPoolOptions>): AxisWindow {
  const [before, after] = SIDES[convention](filterSize, strides)
  return { filter: binomialFilter(filterSize), stride: strides, before, after, padding }
}

function resolvePadding<T extends Omit<Required<BlurPoolOptions>, 'padding'>>(
  options: T & { readonly padding?: BlurPadding | undefined },
): T & { readonly padding: BlurPadding } {
  return { ...options, padding: options.padding ?? (options.convention === 'kornia' ? 'zero' : 'reflect') }
}

function parseBlurOptions<T>(schema: z.ZodMiniType<T>, options: unknown): T {
  return parseOptions({ schema, value: options, code: 'BLUR_OPTIONS', name: 'blurPool' })
}
