import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod'

const SEED_TABLE_INPUT = objectKind({ trainings: KINDS.array })

const MEAN_TABLE_INPUT = objectKind({
  networks: objectKind({ plain: KINDS.object, antialiased: KINDS.object }),
})

export type NetworkName = 'plain' | 'antialiased'

export const NETWORKS: readonly NetworkName[] = ['plain', 'antialiased']

export const LABELS: Readonly<Record<NetworkName, string>> = { plain: 'plain', antialiased: 'anti-aliased' }

/**
 * Metrics over the test faces: mean absolute error over all coordinates and mean point error, in pixels of the original images; NME; how
 * far points move beyond the shift when a face is shifted by a pixel, mean and worst, in pixels that the network sees. Of training:
 * seconds per image.
 */
export type AntialiasMetric = 'maePx' | 'errorPx' | 'nme' | 'shiftPx' | 'worstShiftPx' | 'secondsPerImage'

const METRICS: readonly AntialiasMetric[] = ['maePx', 'errorPx', 'nme', 'shiftPx', 'worstShiftPx', 'secondsPerImage']

/** A finished training of the comparison: its `training.json`. */
export interface AntialiasTraining extends Record<AntialiasMetric, number> {
  readonly network: NetworkName
  readonly seed: number
  readonly history: readonly { readonly epoch: number; readonly trainLoss: number; readonly valLoss: number }[]
}

/** A metric over the seeds. */
export interface SeedSpread {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** `summary.json` of the comparison. */
export interface AntialiasComparison {
  readonly backend: string
  readonly data: string
  readonly faces: { readonly train: number; readonly test: number }
  readonly meanShapeErrorPx: number
  readonly settings: Readonly<Record<string, unknown>>
  readonly networks: Readonly<Record<NetworkName, Readonly<Record<AntialiasMetric, SeedSpread>>>>
  readonly trainings: readonly AntialiasTraining[]
  readonly report: string
}

export const trainingSchema: z.ZodType<AntialiasTraining> = z.object({
  network: z.enum(NETWORKS),
  seed: z.number(),
  history: z.array(z.object({ epoch: z.number(), trainLoss: z.number(), valLoss: z.number() })),
  ...(Object.fromEntries(METRICS.map((name) => [name, z.number()])) as Record<AntialiasMetric, z.ZodNumber>),
})

/** Computes mean and spread of the metrics over the seeds. */
export function spreadMetrics(trainings: readonly AntialiasTraining[]): Record<AntialiasMetric, SeedSpread> {
  const spread = (metric: AntialiasMetric): SeedSpread => {
    const values = trainings.map((training) => training[metric])
    const sum = values.reduce((total, value) => total + value, 0)
    return { mean: sum / values.length, low: Math.min(...values), high: Math.max(...values) }
  }
  return Object.fromEntries(METRICS.map((metric) => [metric, spread(metric)])) as Record<AntialiasMetric, SeedSpread>
}

/** Rows of text under the names of their columns. */
export interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Means over the seeds: one row per metric, one column per network. */
export function antialiasMeanTable(comparison: Pick<AntialiasComparison, 'networks'>): TextTable {
  checkArgument(MEAN_TABLE_INPUT, comparison, 'comparison', 'antialiasMeanTable')
  const { networks } = comparison
  return {
    columns: ['metric', ...NETWORKS.map((name) => LABELS[name])],
    rows: ROWS.map(({ label, metric, format }) => [
      label,
      ...NETWORKS.map((name) => {
        const { mean, low, high } = networks[name][metric]
        return `${format(mean)} (${format(low)} to ${format(high)})`
      }),
    ]),
  }
}

/** Formats a table with one row per training. */
export function antialiasSeedTable(comparison: Pick<AntialiasComparison, 'trainings'>): TextTable {
  checkArgument(SEED_TABLE_INPUT, comparison, 'comparison', 'antialiasSeedTable')
  const { trainings } = comparison
  return {
    columns: ['seed', 'network', ...ROWS.map(({ label }) => label)],
    rows: trainings.map((training) => [
      String(training.seed),
      LABELS[training.network],
      ...ROWS.map(({ metric, format }) => format(training[metric])),
    ]),
  }
}

const ROWS: readonly {
  readonly label: string
  readonly metric: AntialiasMetric
  readonly format: (value: number) => string
}[] = [
  { label: 'mean absolute error', metric: 'maePx', format: (px) => `${px.toFixed(2)} px` },
  { label: 'NME, interocular', metric: 'nme', format: (nme) => `${(100 * nme).toFixed(2)} %` },
  { label: 'moved by a shift', metric: 'shiftPx', format: (px) => `${px.toFixed(3)} px` },
  { label: 'worst point moved by a shift', metric: 'worstShiftPx', format: (px) => `${px.toFixed(2)} px` },
  {
    label: 'training, per image',
    metric: 'secondsPerImage',
    format: (seconds) => `${(1000 * seconds).toFixed(1)} ms`,
  },
]
