import { z } from 'zod'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const WHOLE_NUMBER = /^\d{1,15}$/
const LARGEST = 1e6

/** A number as files write it, whole or decimal, of a size that a picture may have; NaN where it is none. */
export function numberIn(text: string | undefined): number {
  const value = text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN
  return Math.abs(value) <= LARGEST ? value : Number.NaN
}

/** 0, 1, 2 …; NaN where it is none. */
export function wholeNumberIn(text: string | undefined): number {
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN
}

/** What {@link numberIn} reads. */
export const number: z.ZodType<number, string> = z
  .string()
  .refine((text) => !Number.isNaN(numberIn(text)), `a number of at most ${LARGEST}`)
  .transform(Number)

/** A number above 0. */
export const positive: z.ZodType<number, string> = number.refine((value) => value > 0, 'a number above 0')

/** What {@link wholeNumberIn} reads. */
export const wholeNumber: z.ZodType<number, string> = z.string().regex(WHOLE_NUMBER, 'a whole number').transform(Number)
