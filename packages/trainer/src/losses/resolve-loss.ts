import * as z from 'zod/mini'
import { isLoss, type Loss } from './loss.ts'
import type { LossDefinition } from './loss-definition.ts'
import * as registry from './registry.ts'

type Definition = (typeof registry)[keyof typeof registry]
type InferSettings<AnyDefinition> = AnyDefinition extends LossDefinition<infer Settings> ? Settings : never

/** A loss by its kind and options, as plain JSON. */
export type LossSettings = InferSettings<Definition>

const definitions = Object.values(registry) as unknown as readonly LossDefinition<LossSettings>[]

export const lossSchema: z.ZodMiniType<LossSettings> = z.discriminatedUnion(
  'kind',
  definitions.map(({ schema }) => schema) as unknown as [z.ZodMiniObject],
) as unknown as z.ZodMiniType<LossSettings>

/** Returns the loss that settings describe; returns a loss unchanged. */
export function resolveLoss(loss: Loss | LossSettings): Loss {
  if (isLoss(loss)) return loss
  const definition = definitions.find(({ kind }) => kind === loss.kind) as LossDefinition<LossSettings>
  return definition.create(loss)
}
