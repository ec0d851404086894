import { z } from 'zod'

/** A number as files write it, whole or decimal, of a size that a picture may have. */
export const number: z.ZodType<number, string> = z
  .string()
  .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, 'a number')
  .transform(Number)
  .refine((value) => Math.abs(value) <= 1e6, 'a number up to a million')

/** A number above 0. */
export const positive: z.ZodType<number, string> = number.refine((value) => value > 0, 'a number above 0')

/** 0, 1, 2 … */
export const wholeNumber: z.ZodType<number, string> = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number)
