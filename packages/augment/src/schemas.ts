import type { Border, Random } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { ResolvedBorderOptions } from './augmentation.ts'

/** A range to draw from: [from, to], or one number for a range around the neutral value. */
export type Range = number | readonly [from: number, to: number]

/** Returns a schema of two numbers in ascending order, within the limits. */
export function pairSchema(min: number, max: number): z.ZodMiniType<readonly [number, number]> {
  const number = z.number().check(z.minimum(min), z.maximum(max))
  return z.tuple([number, number]).check(z.refine(([from, to]) => from <= to, 'a pair of numbers in ascending order'))
}

/** Returns a schema of an offset range: a is -a..a; a pair lies within -limit..limit. */
export function offsetSchema(limit: number): z.ZodMiniType<Range> {
  return z.union([z.number().check(z.minimum(0), z.maximum(limit)), pairSchema(-limit, limit)])
}

/** Largest ratio or factor; beyond it nothing of an image is left. */
export const MAX_RATIO = 1000

/** A factor range: s is 1 - s..1 + s, at least 0; a pair is not negative. */
export const factorSchema: z.ZodMiniType<Range> = z.union([
  z.number().check(z.minimum(0), z.maximum(MAX_RATIO)),
  pairSchema(0, MAX_RATIO),
])

/** A ratio range: r is 1 / r..r, log-uniform, r >= 1; a pair is positive. */
export const ratioSchema: z.ZodMiniType<Range> = z.union([
  z.number().check(z.minimum(1), z.maximum(MAX_RATIO)),
  pairSchema(1 / MAX_RATIO, MAX_RATIO),
])

export function drawOffset(random: Random, range: Range): number {
  return typeof range === 'number' ? random.uniform(-range, range) : random.uniform(...range)
}

export function drawFactor(random: Random, range: Range): number {
  return typeof range === 'number' ? random.uniform(Math.max(0, 1 - range), 1 + range) : random.uniform(...range)
}

export function drawRatio(random: Random, range: Range): number {
  const [from, to] = typeof range === 'number' ? [1 / range, range] : range
  return from * (to / from) ** random.uniform()
}

/** Options for pixels and points outside the image. */
export interface BorderOptions {
  /** `edge` (default) repeats the edge, `reflect` mirrors, `{ constant }` is a value in the range of the pixels. */
  readonly border?: Border
  /** State of a labeled keypoint that leaves the image: `hidden` (visibility 1, default) or `unlabeled` (0). It stays in the array. */
  readonly outOfFrame?: ResolvedBorderOptions['outOfFrame']
}

export const borderSchemas: {
  border: z.ZodMiniDefault<z.ZodMiniType<Border>>
  outOfFrame: z.ZodMiniDefault<z.ZodMiniType<ResolvedBorderOptions['outOfFrame']>>
} = {
  border: z._default(
    z.union([z.enum(['edge', 'reflect']), z.strictObject({ constant: z.number() })]),
    'edge',
  ) as unknown as z.ZodMiniDefault<z.ZodMiniType<Border>>,
  outOfFrame: z._default(z.enum(['hidden', 'unlabeled']), 'hidden') as unknown as z.ZodMiniDefault<
    z.ZodMiniType<ResolvedBorderOptions['outOfFrame']>
  >,
}

/** Side of an image. */
const side: z.ZodMiniNumber = z.int().check(z.positive())

/** Largest side of an image that an augmentation makes. */
export const MAX_SIDE = 32_768

/** Side of an image that an augmentation makes. */
export const outputSide: z.ZodMiniNumber = side.check(z.maximum(MAX_SIDE))

/** Largest coordinate that parameters and options may hold: beyond it a 32-bit float has no half pixels. */
const MAX_COORDINATE = 2 ** 22

/** A coordinate in pixels, which need not lie in the image. */
export const coordinate: z.ZodMiniNumber = z.number().check(z.minimum(-MAX_COORDINATE), z.maximum(MAX_COORDINATE))

/** Size of the image that the parameters are for. */
export const sizeSchema: { width: z.ZodMiniNumber; height: z.ZodMiniNumber } = { width: side, height: side }

export const seedSchema: z.ZodMiniNumber = z.int().check(z.minimum(0), z.maximum(0xffffffff))

export function drawSeed(random: Random): number {
  return random.integer(0, 0xffffffff)
}

const NOUNS = { AUGMENT_OPTIONS: 'option', AUGMENT_PARAMS: 'parameter', AUGMENT_JSON: 'field' } as const

/**
 * Parses options, parameters or JSON of the augmentation `name`.
 *
 * @throws this code, with a message that names the invalid value
 */
export function check<Output>(
  code: keyof typeof NOUNS,
  name: string,
  schema: z.ZodMiniType<Output>,
  value: unknown,
): Output {
  return parseOptions({ schema, value, code, name, noun: NOUNS[code] })
}
