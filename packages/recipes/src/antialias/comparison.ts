import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod'

const TRAININGS_INPUT = objectKind({ trainings: KINDS.array })

export type NetworkName = 'plain' | 'antialiased'

export const NETWORKS: readonly NetworkName[] = ['plain', 'antialiased']

export const LABELS: Readonly<Record<NetworkName, string>> = { plain: 'plain', antialiased: 'anti-aliased' }

/**
 * How coordinates follow from the last maps: a dense layer after global average pooling (`pooled`) or on all their values (`flattened`),
 * or heatmaps, upsampled to 1/4 of the image's size, and their soft-argmax.
 */
export type AntialiasHead = 'pooled' | 'flattened' | 'heatmaps'

export const ANTIALIAS_HEADS: readonly AntialiasHead[] = ['pooled', 'flattened', 'heatmaps']

/** Weights at the start of a training: random, or those of the trained plain network with the same head and seed. */
export type AntialiasStart = 'random' | 'plain'

const STARTS: readonly AntialiasStart[] = ['random', 'plain']

/**
 * Metrics over the test faces: mean absolute error over all coordinates and mean point error, in pixels of the original images; NME; how
 * far points move beyond the shift when a face is shifted by one, half and a quarter of a pixel; their jitter when a face moves smoothly;
 * these four in pixels of the network's input. Of training: seconds per image.
 */
export type AntialiasMetric =
  | 'maePx'
  | 'errorPx'
  | 'nme'
  | 'shiftPx'
  | 'halfShiftPx'
  | 'quarterShiftPx'
  | 'jitterPx'
  | 'secondsPerImage'

const METRICS: readonly AntialiasMetric[] = [
  'maePx',
  'errorPx',
  'nme',
  'shiftPx',
  'halfShiftPx',
  'quarterShiftPx',
  'jitterPx',
  'secondsPerImage',
]

/** What distinguishes a training of the comparison from the others. */
export interface AntialiasVariant {
  readonly head: AntialiasHead
  readonly start: AntialiasStart
  readonly network: NetworkName
  readonly seed: number
}

/** A finished training of the comparison: its `training.json`. */
export interface AntialiasTraining extends AntialiasVariant, Record<AntialiasMetric, number> {
  readonly history: readonly { readonly epoch: number; readonly trainLoss: number; readonly valLoss: number }[]
}

/** A metric over the seeds. */
export interface SeedSpread {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** Metrics of the trainings that differ by their seeds only. */
export interface AntialiasMeans extends Omit<AntialiasVariant, 'seed'> {
  readonly seeds: readonly number[]
  readonly metrics: Readonly<Record<AntialiasMetric, SeedSpread>>
}

/** `summary.json` of the comparison. */
export interface AntialiasComparison {
  readonly backend: string
  readonly data: string
  readonly faces: { readonly train: number; readonly test: number }
  readonly meanShapeErrorPx: number
  readonly settings: Readonly<Record<string, unknown>>
  readonly means: readonly AntialiasMeans[]
  readonly trainings: readonly AntialiasTraining[]
  readonly report: string
}

export const trainingSchema: z.ZodType<AntialiasTraining> = z.object({
  head: z.enum(ANTIALIAS_HEADS),
  start: z.enum(STARTS),
  network: z.enum(NETWORKS),
  seed: z.number(),
  history: z.array(z.object({ epoch: z.number(), trainLoss: z.number(), valLoss: z.number() })),
  ...(Object.fromEntries(METRICS.map((name) => [name, z.number()])) as Record<AntialiasMetric, z.ZodNumber>),
})

/** Groups the trainings that differ by their seeds only, in the order of the first of each, and computes mean and spread of their metrics. */
export function averageSeeds(trainings: readonly AntialiasTraining[]): AntialiasMeans[] {
  const groups = new Map<string, AntialiasTraining[]>()
  for (const training of trainings) {
    const key = describeVariant(training)
    groups.set(key, [...(groups.get(key) ?? []), training])
  }
  return [...groups.values()].map((group) => {
    const { head, start, network } = group[0] as AntialiasTraining
    const metrics = METRICS.map((metric) => [metric, spread(group.map((training) => training[metric]))])
    return { head, start, network, seeds: group.map(({ seed }) => seed), metrics: Object.fromEntries(metrics) }
  })
}

function spread(values: readonly number[]): SeedSpread {
  const sum = values.reduce((total, value) => total + value, 0)
  return { mean: sum / values.length, low: Math.min(...values), high: Math.max(...values) }
}

/** Rows of text under the names of their columns. */
export interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Formats a table of the means over the seeds, with one row per head, start and network. */
export function antialiasMeanTable(comparison: Pick<AntialiasComparison, 'trainings'>): TextTable {
  checkArgument(TRAININGS_INPUT, comparison, 'comparison', 'antialiasMeanTable')
  return {
    columns: ['network', 'seeds', ...COLUMNS.map(({ label }) => label)],
    rows: averageSeeds(comparison.trainings).map(({ seeds, metrics, ...variant }) => [
      describeVariant(variant),
      seeds.join(', '),
      ...COLUMNS.map(({ metric, format }) => {
        const { mean, low, high } = metrics[metric]
        return seeds.length === 1 ? format(mean) : `${format(mean)} (${format(low)} to ${format(high)})`
      }),
    ]),
  }
}

/** Formats a table with one row per training. */
export function antialiasSeedTable(comparison: Pick<AntialiasComparison, 'trainings'>): TextTable {
  checkArgument(TRAININGS_INPUT, comparison, 'comparison', 'antialiasSeedTable')
  return {
    columns: ['seed', 'network', ...COLUMNS.map(({ label }) => label)],
    rows: comparison.trainings.map((training) => [
      String(training.seed),
      describeVariant(training),
      ...COLUMNS.map(({ metric, format }) => format(training[metric])),
    ]),
  }
}

/** Describes head, network and start of a training, such as `pooled, anti-aliased`. */
export function describeVariant({ head, start, network }: Omit<AntialiasVariant, 'seed'>): string {
  return [head, LABELS[network], ...(start === 'plain' ? ['from plain weights'] : [])].join(', ')
}

const formatPx = (px: number): string => `${px.toFixed(3)} px`

const COLUMNS: readonly {
  readonly label: string
  readonly metric: AntialiasMetric
  readonly format: (value: number) => string
}[] = [
  { label: 'mean absolute error', metric: 'maePx', format: (px) => `${px.toFixed(2)} px` },
  { label: 'NME, interocular', metric: 'nme', format: (nme) => `${(100 * nme).toFixed(2)} %` },
  { label: 'moved by a shift of 1 px', metric: 'shiftPx', format: formatPx },
  { label: 'of 1/2 px', metric: 'halfShiftPx', format: formatPx },
  { label: 'of 1/4 px', metric: 'quarterShiftPx', format: formatPx },
  { label: 'jitter', metric: 'jitterPx', format: formatPx },
]
