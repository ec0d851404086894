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

export function createOptimizer(settings: OptimizerSettings): Optimizer {
  return settings.kind === 'adam' ? adam(settings) : sgd(settings)
}
