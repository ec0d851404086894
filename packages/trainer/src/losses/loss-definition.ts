import * as z from 'zod/mini'
import type { Loss } from './loss.ts'

/** A loss that settings can name, such as `{ kind: 'wing', omega: 10 }`. */
export interface LossDefinition<Settings extends { readonly kind: string }> {
  readonly kind: Settings['kind']
  readonly schema: z.ZodMiniType<Settings>
  readonly create: (settings: Settings) => Loss
}

/** Schema of an optional number above 0. */
export const positiveOption: z.ZodMiniOptional<z.ZodMiniNumber> = z.optional(z.number().check(z.positive()))
