import type { AntialiasComparison, AntialiasTraining } from '@facekp/recipes'
import * as z from 'zod'

/** The networks that are compared. */
export const NETWORKS: readonly ['plain', 'antialiased'] = ['plain', 'antialiased']

/** A network that PyTorch trained. */
export interface Peer {
  readonly network: (typeof NETWORKS)[number]
  readonly seed: number
  readonly nme: number
  /** Version of PyTorch. */
  readonly torch: string
}

export const peerSchema: z.ZodType<Peer> = z.object({
  network: z.enum(NETWORKS),
  seed: z.number(),
  nme: z.number(),
  torch: z.string(),
})

export type Comparison = Omit<AntialiasComparison, 'data' | 'report' | 'means'>

/** A comparison and what it was measured with. */
export interface Measurement {
  readonly runs: readonly { readonly command: string; readonly machine: string }[]
  readonly comparison: Comparison
  readonly pytorch?: readonly Peer[] | undefined
}

export const measurementSchema: z.ZodType<Measurement> = z.object({
  runs: z.array(z.object({ command: z.string(), machine: z.string() })),
  comparison: z.custom<Comparison>(
    (value) =>
      z.object({ settings: z.object({ size: z.number(), epochs: z.number(), faces: z.number() }) }).safeParse(value)
        .success,
  ),
  pytorch: z.array(peerSchema).optional(),
})

/** Names what the trainings of a table have in common. */
export function describeSettings({ comparison: { settings } }: Measurement): string {
  return `${settings['size']} x ${settings['size']} pixels, ${settings['epochs']} epochs, ${settings['faces']} faces`
}

/** Adds trainings to others of the same settings; those of the same head, start, network and seed are replaced, and a call that was repeated. */
export function mergeMeasurements(old: Measurement, added: Measurement): Measurement {
  const { trainings } = added.comparison
  const getKey = ({ head, start, network, seed }: AntialiasTraining): string => [head, start, network, seed].join()
  const keys = new Set(trainings.map(getKey))
  const others = old.comparison.trainings.filter((training) => !keys.has(getKey(training)))
  const commands = new Set(added.runs.map(({ command }) => command))
  const oldRuns = others.length > 0 ? old.runs.filter(({ command }) => !commands.has(command)) : []
  return {
    runs: [...oldRuns, ...added.runs],
    comparison: { ...added.comparison, trainings: [...others, ...trainings] },
  }
}
