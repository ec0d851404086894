import type { Head } from '@facekp/tfjs-utils'
import * as z from 'zod'
import type { PointWeights } from '../data/point-weights.ts'
import { isLoss, type Loss } from '../losses/loss.ts'
import { type LossSettings, lossSchema } from '../losses/resolve-loss.ts'

// Schemas of options that several functions take.

export const countSchema: z.ZodType<number> = z.number().int().positive()

export const pointWeightsSchema: z.ZodType<PointWeights> = z.strictObject({
  hidden: z.number().nonnegative().optional(),
  byPoint: z.array(z.number().nonnegative()).optional(),
})

export const anyLossSchema: z.ZodType<Loss | LossSettings> = z.union([lossSchema, z.custom<Loss>(isLoss)], {
  error: 'a loss: { kind, ...options }, or what a loss function such as wingLoss() returns',
})

export const headSchema: z.ZodType<Head> = z.custom<Head>(isHead, { error: 'a head: { network, decode }' })

export const signalSchema: z.ZodType<AbortSignal> = z.custom<AbortSignal>(isSignal, {
  error: 'an AbortSignal',
})

export const functionSchema: z.ZodType<(...args: never) => unknown> = z.custom<(...args: never) => unknown>(
  (value) => typeof value === 'function',
  { error: 'a function' },
)

function isHead(value: unknown): value is Head {
  const { network, decode } = (value ?? {}) as Partial<Head>
  return typeof network?.predict === 'function' && typeof decode === 'function'
}

/** Checks members rather than the class, which another realm has its own of. */
function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}
