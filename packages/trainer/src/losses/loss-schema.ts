import { z } from 'zod'
import { checkedByKind } from '../checked-options.ts'
import type { LossSettings } from './registry.ts'

const above0 = z.number().positive().optional()

export const lossSchema: z.ZodType<LossSettings> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['mse', 'l1', 'euclidean']) }),
  z.strictObject({ kind: z.literal('smoothL1'), beta: above0, height: above0 }),
  z.strictObject({ kind: z.literal('wing'), omega: above0, epsilon: above0, height: above0 }),
  z.strictObject({ kind: z.literal('softWing'), omega1: above0, omega2: above0, epsilon: above0, height: above0 }),
  z.strictObject({
    kind: z.literal('adaptiveWing'),
    sigma: z.number().min(1),
    foreground: z.number().nonnegative().optional(),
  }),
  z.strictObject({ kind: z.literal('star'), restriction: z.number().nonnegative().optional() }),
  z.strictObject({ kind: z.literal('simcc'), sigma: above0 }),
])

/** The options of the loss of that name. Throws `TRAIN_OPTION` naming the one that it does not take or that cannot be. */
export function checkedLossOptions<Options extends object>(kind: LossSettings['kind'], options: Options): Options {
  return checkedByKind(lossSchema, kind, options)
}
