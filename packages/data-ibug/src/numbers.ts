import { z } from 'zod'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const WHOLE_NUMBER = /^\d{1,15}$/
/** Larger coordinates lie in no image. */
const LARGEST = 1e6

/** Parses a decimal number of at most 1e6; NaN if invalid. */
export function parseNumber(text: string | undefined): number {
  const value = text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN
  return Math.abs(value) <= LARGEST ? value : Number.NaN
}

/** Parses 0, 1, 2 …; NaN if invalid. */
export function parseWholeNumber(text: string | undefined): number {
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN
}

/** Accepts what {@link parseNumber} does. */
export const numberSchema: z.ZodType<number, string> = z
  .string()
  .refine((text) => !Number.isNaN(parseNumber(text)), `a number of at most ${LARGEST}`)
  .transform(Number)

export const positiveSchema: z.ZodType<number, string> = numberSchema.refine((value) => value > 0, 'a number above 0')

/** Accepts what {@link parseWholeNumber} does. */
export const wholeNumberSchema: z.ZodType<number, string> = z
  .string()
  .regex(WHOLE_NUMBER, 'a whole number')
  .transform(Number)
