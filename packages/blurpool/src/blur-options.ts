import { checkOptions, choiceKind, integerKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
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

const BLUR_FIELDS = {
  filterSize: integerKind(1, 7),
  strides: KINDS.size,
  padding: choiceKind(['reflect', 'replicate', 'zero']),
  convention: choiceKind(['antialiased-cnns', 'timm', 'kornia']),
}
const BLUR = optionsKind(BLUR_FIELDS)
const MAX_BLUR = optionsKind({ ...BLUR_FIELDS, poolSize: KINDS.size })

/** A layer has options of its own beside these. */
const BLUR_OF_LAYER = { ...BLUR, isStrict: false }
const MAX_BLUR_OF_LAYER = { ...MAX_BLUR, isStrict: false }

const SUBJECT = { code: 'BLUR_OPTIONS', name: 'blurPool' }

const SIDES: Readonly<Record<BlurConvention, (filterSize: number, strides: number) => readonly [number, number]>> = {
  'antialiased-cnns': (k) => [Math.floor((k - 1) / 2), Math.ceil((k - 1) / 2)],
  timm: (k, s) => [Math.floor((s - 1 + k - 1) / 2), Math.floor((s - 1 + k - 1) / 2)],
  kornia: (k) => [Math.floor((k - 1) / 2), Math.floor((k - 1) / 2)],
}

/** Checks options and fills in the defaults. Throws `BLUR_OPTIONS` for invalid options. */
export function resolveBlurOptions(options: BlurPoolOptions): Required<BlurPoolOptions> {
  checkOptions(BLUR, options, SUBJECT)
  return fillDefaults(options)
}

/** Checks options of a MaxBlurPool, like {@link resolveBlurOptions}. */
export function resolveMaxBlurOptions(options: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  checkOptions(MAX_BLUR, options, SUBJECT)
  return fillMaxDefaults(options)
}

/** Picks the blur options among a layer's and resolves them. */
export function pickBlurOptions(layerOptions: BlurPoolOptions): Required<BlurPoolOptions> {
  checkOptions(BLUR_OF_LAYER, layerOptions, SUBJECT)
  return fillDefaults(layerOptions)
}

/** Picks the options of a MaxBlurPool among a layer's and resolves them. */
export function pickMaxBlurOptions(layerOptions: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  checkOptions(MAX_BLUR_OF_LAYER, layerOptions, SUBJECT)
  return fillMaxDefaults(layerOptions)
}

/** Returns the window of these options along one axis. */
export function createBlurWindow({ filterSize, strides, padding, convention }: Required<BlurPoolOptions>): AxisWindow {
  const [before, after] = SIDES[convention](filterSize, strides)
  return { filter: binomialFilter(filterSize), stride: strides, before, after, padding }
}

function fillDefaults({
  filterSize = 4,
  strides = 2,
  convention = 'antialiased-cnns',
  padding = convention === 'kornia' ? 'zero' : 'reflect',
}: BlurPoolOptions): Required<BlurPoolOptions> {
  return { filterSize, strides, padding, convention }
}

function fillMaxDefaults({ poolSize = 2, ...options }: MaxBlurPoolOptions): Required<MaxBlurPoolOptions> {
  return { ...fillDefaults(options), poolSize }
}
