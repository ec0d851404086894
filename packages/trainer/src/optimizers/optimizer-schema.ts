import { z } from 'zod'
import { checkedByKind } from '../checked-options.ts'
import type { OptimizerSettings } from './registry.ts'

const weightDecay = z.number().nonnegative().optional()

export const optimizerSchema: z.ZodType<OptimizerSettings> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('adam'), weightDecay }),
  z.strictObject({
    kind: z.literal('sgd'),
    momentum: z.number().min(0).lt(1).optional(),
    nesterov: z.boolean().optional(),
    weightDecay,
  }),
])

/** The options of the optimizer of that name. Throws `TRAIN_OPTION` naming the one that it does not take or that cannot be. */
export function checkedOptimizerOptions<Options extends object>(
  kind: OptimizerSettings['kind'],
  options: Options,
): Options {
  return checkedByKind(optimizerSchema, kind, options)
}
