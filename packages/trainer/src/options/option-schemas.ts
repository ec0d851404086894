import type { SampleLoader } from '@facekp/core'
import type { Head } from '@facekp/tfjs-utils'
import * as z from 'zod/mini'
import type { PointWeights } from '../data/point-weights.ts'
import { isLoss, type Loss } from '../losses/loss.ts'
import { type LossSettings, lossSchema } from '../losses/resolve-loss.ts'

// Schemas of options that several functions take.

export const countSchema: z.ZodMiniType<number> = z.int().check(z.positive())

export const pointWeightsSchema: z.ZodMiniType<PointWeights> = z.strictObject({
  hidden: z.optional(z.number().check(z.nonnegative())),
  byPoint: z.optional(z.array(z.number().check(z.nonnegative()))),
})

export const anyLossSchema: z.ZodMiniType<Loss | LossSettings> = z.union([lossSchema, z.custom<Loss>(isLoss)], {
  error: 'a loss: { kind, ...options }, or what a loss function such as wingLoss() returns',
})

export const headSchema: z.ZodMiniType<Head> = z.custom<Head>(isHead, { error: 'a head: { network, decode }' })

export const signalSchema: z.ZodMiniType<AbortSignal> = z.custom<AbortSignal>(isSignal, {
  error: 'an AbortSignal',
})

const FUNCTION_ERROR = { error: 'a function' }

export const functionSchema: z.ZodMiniType<(...args: never) => unknown> = z.custom<(...args: never) => unknown>(
  isFunction,
  FUNCTION_ERROR,
)

export const loaderSchema: z.ZodMiniType<SampleLoader> = z.custom<SampleLoader>(isFunction, FUNCTION_ERROR)

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isHead(value: unknown): value is Head {
  const { network, decode } = (value ?? {}) as Partial<Head>
  return typeof network?.predict === 'function' && typeof decode === 'function'
}

/** Checks members rather than the class, which another realm has its own of. */
function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}
