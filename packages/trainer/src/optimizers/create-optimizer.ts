import * as z from 'zod/mini'
import type { Optimizer, OptimizerDefinition } from './optimizer.ts'
import * as registry from './registry.ts'

type Definition = (typeof registry)[keyof typeof registry]
type InferSettings<AnyDefinition> = AnyDefinition extends OptimizerDefinition<infer Settings> ? Settings : never

/** An optimizer by its kind and options, as plain JSON. AdamW is Adam with `weightDecay`. */
export type OptimizerSettings = InferSettings<Definition>

const definitions = Object.values(registry) as unknown as readonly OptimizerDefinition<OptimizerSettings>[]

export const optimizerSchema: z.ZodMiniType<OptimizerSettings> = z.discriminatedUnion(
  'kind',
  definitions.map(({ schema }) => schema) as unknown as [z.ZodMiniObject],
) as unknown as z.ZodMiniType<OptimizerSettings>

/** Creates the optimizer of settings. */
export function createOptimizer(settings: OptimizerSettings): Optimizer {
  const definition = definitions.find(({ kind }) => kind === settings.kind) as OptimizerDefinition<OptimizerSettings>
  return definition.create(settings)
}
