import { z } from 'zod'
import { adam } from './adam.ts'
import type { Optimizer } from './optimizer.ts'
import { sgd } from './sgd.ts'

/** An optimizer as plain JSON. AdamW is Adam with `weightDecay`. */
export type OptimizerSettings =
  | { readonly kind: 'adam'; readonly weightDecay?: number | undefined }
  | {
      readonly kind: 'sgd'
      readonly momentum?: number | undefined
      readonly nesterov?: boolean | undefined
      readonly weightDecay?: number | undefined
    }

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

export function optimizerOf(settings: OptimizerSettings): Optimizer {
  return settings.kind === 'adam' ? adam(settings) : sgd(settings)
}
