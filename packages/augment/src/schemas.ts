import type { Border, Random } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import { z } from 'zod'
import type { ResolvedBorderOptions } from './augmentation.ts'

/** From where to where a number is drawn; a single number means a range about what changes nothing. */
export type Range = number | readonly [from: number, to: number]

/** A pair of numbers, the first not above the second. */
export function pairSchema(min: number, max: number): z.ZodType<readonly [number, number]> {
  const number = z.number().min(min).max(max)
  return z.tuple([number, number]).refine(([from, to]) => from <= to, 'a pair of numbers in ascending order')
}

/** A: -a..a, or a pair of numbers within -limit..limit. */
export function offsetSchema(limit: number): z.ZodType<Range> {
  return z.union([z.number().min(0).max(limit), pairSchema(-limit, limit)])
}

/** s: 1 - s..1 + s, but not below 0; or a pair of numbers that are not negative. */
export const factorSchema: z.ZodType<Range> = z.union([z.number().nonnegative(), pairSchema(0, Number.MAX_VALUE)])

/** The largest ratio; what is scaled by more is no picture any longer. */
const MOST = 1000

/** r >= 1: 1 / r..r, drawn evenly by ratio; or a pair of positive numbers. */
export const ratioSchema: z.ZodType<Range> = z.union([z.number().min(1).max(MOST), pairSchema(1 / MOST, MOST)])

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

/** What lies beyond the picture, as moves take it among their options. */
export interface BorderOptions {
  /** `edge` (default): its edge goes on; `reflect`: its mirror image; or one value, in the pixels' own range. */
  readonly border?: Border
  /** What becomes of a labeled point that leaves the picture: `hidden` (visibility 1, default) or `unlabeled` (0). It stays in the array. */
  readonly outOfFrame?: ResolvedBorderOptions['outOfFrame']
}

export const borderSchemas: {
  border: z.ZodDefault<z.ZodType<Border>>
  outOfFrame: z.ZodDefault<z.ZodType<ResolvedBorderOptions['outOfFrame']>>
} = {
  border: z
    .union([z.enum(['edge', 'reflect']), z.strictObject({ constant: z.number() })])
    .default('edge') as unknown as z.ZodDefault<z.ZodType<Border>>,
  outOfFrame: z.enum(['hidden', 'unlabeled']).default('hidden') as unknown as z.ZodDefault<
    z.ZodType<ResolvedBorderOptions['outOfFrame']>
  >,
}

export const side: z.ZodNumber = z.number().int().positive()

/** The size of the picture that parameters were drawn for. */
export const sizeSchema: { width: z.ZodNumber; height: z.ZodNumber } = { width: side, height: side }

export const seedSchema: z.ZodNumber = z.number().int().min(0).max(0xffffffff)

export function drawSeed(random: Random): number {
  return random.integer(0, 0xffffffff)
}

const NOUNS = { AUGMENT_OPTIONS: 'option', AUGMENT_PARAMS: 'parameter', AUGMENT_JSON: 'field' } as const

/** Parses options, parameters or JSON of the transform `name`. Throws an error of this code, which names the invalid one. */
export function check<Output>(
  code: keyof typeof NOUNS,
  name: string,
  schema: z.ZodType<Output>,
  value: unknown,
): Output {
  return parseOptions({ schema, value, code, name, noun: NOUNS[code] })
}
