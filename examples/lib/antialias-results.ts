import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '@facekp/core'
import { lossComparison, writePlot, writeReport } from '@facekp/viz'
import { z } from 'zod'
import { writeJson } from './write-json.ts'

export type NetworkName = 'plain' | 'antialiased'

export const networkNames: readonly NetworkName[] = ['plain', 'antialiased']

/** How they are told. */
export const LABELS: Readonly<Record<NetworkName, string>> = { plain: 'plain', antialiased: 'anti-aliased' }

/** What is known of a training that has come to its end. */
export interface Training extends Record<MetricName, number> {
  readonly network: NetworkName
  readonly seed: number
  readonly history: readonly { readonly epoch: number; readonly trainLoss: number; readonly valLoss: number }[]
}

/**
 * Over the test faces: mean absolute error over all coordinates and mean distance of points, in original pixels, and NME; how far points
 * move beyond the shift where a face is shifted by a pixel, mean and worst, in pixels that the network sees. Of training: seconds an
 * image.
 */
type MetricName = (typeof FIGURES)[number]
const FIGURES = ['maePx', 'errorPx', 'nme', 'shiftPx', 'worstShiftPx', 'secondsAnImage'] as const

/** Over the seeds. */
interface Spread {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What summary.json holds. */
export interface Comparison {
  readonly backend: string
  readonly data: string
  readonly faces: { readonly train: number; readonly test: number }
  readonly meanShapeErrorPx: number
  readonly settings: Readonly<Record<string, unknown>>
  readonly networks: Readonly<Record<NetworkName, Readonly<Record<MetricName, Spread>>>>
  readonly trainings: readonly Training[]
  readonly report: string
}

export const trainingSchema: z.ZodType<Training> = z.object({
  network: z.enum(networkNames),
  seed: z.number(),
  history: z.array(z.object({ epoch: z.number(), trainLoss: z.number(), valLoss: z.number() })),
  ...(Object.fromEntries(FIGURES.map((name) => [name, z.number()])) as Record<MetricName, z.ZodNumber>),
})

/** Writes summary.json, figures/losses.png and report.html into `out`, and says on the terminal what came out. */
export async function writeComparison(out: string, told: Omit<Comparison, 'networks' | 'report'>): Promise<void> {
  const of = (network: NetworkName): Training[] => told.trainings.filter((training) => training.network === network)
  const comparison: Comparison = {
    ...told,
    networks: { plain: spreads(of('plain')), antialiased: spreads(of('antialiased')) },
    report: join(out, 'report.html'),
  }
  const seeds = of('plain').length
  const figure = await lossComparison(
    networkNames.map((name) => ({ label: LABELS[name], histories: of(name).map(({ history }) => history) })),
    { title: `ResNet-18 with and without anti-aliasing, ${seeds} seed${seeds === 1 ? '' : 's'}`, logScale: true },
  )
  await mkdir(join(out, 'figures'), { recursive: true })
  await writePlot(figure, join(out, 'figures', 'losses.png'))
  const { networks } = comparison
  await writeReport(
    {
      title: 'Anti-aliasing: ResNet-18 with and without',
      summary: networkNames.flatMap((name) => [
        { label: `mean absolute error, ${LABELS[name]}`, value: `${networks[name].maePx.mean.toFixed(2)} px` },
        { label: `moved by a shift, ${LABELS[name]}`, value: `${networks[name].shiftPx.mean.toFixed(3)} px` },
      ]),
      plots: [
        {
          plot: figure,
          caption:
            'Loss of training (with augmentation) and of the test faces by epoch: the mean over the seeds, and from the smallest to the largest.',
        },
      ],
      tables: [
        { title: 'Mean over the seeds, smallest to largest', ...meanTable(comparison) },
        { title: 'By seed', ...seedTable(comparison) },
      ],
      errors: [
        ...networkNames.map((name) => ({ label: `mean, ${LABELS[name]}`, errorPx: networks[name].errorPx.mean })),
        { label: 'mean shape instead of a network', errorPx: told.meanShapeErrorPx },
      ],
      settings: { ...told.settings, backend: told.backend } as Record<string, Json>,
      notes: [
        `Both networks begin with the same weights and see the same ${told.faces.train} training faces, in the same order and moved alike. Errors are in pixels of the original pictures, over ${told.faces.test} test faces.`,
        'Shift consistency: how far the predicted points move, beyond the shift itself, when a test face is shifted by a pixel to each side, in pixels that the network sees. Of a network that does not follow at all it is 1 pixel.',
      ],
    },
    comparison.report,
  )
  await writeJson(join(out, 'summary.json'), comparison)

  for (const row of meanTable(comparison).rows) console.log(row.join(': '))
  console.log(`report: ${comparison.report}`)
}

/** A row a figure, a column a network. */
export function meanTable({ networks }: Pick<Comparison, 'networks'>): Table {
  return {
    columns: ['what', ...networkNames.map((name) => LABELS[name])],
    rows: ROWS.map(({ label, field, text }) => [
      label,
      ...networkNames.map((name) => {
        const { mean, low, high } = networks[name][field]
        return `${text(mean)} (${text(low)} to ${text(high)})`
      }),
    ]),
  }
}

/** A row a training. */
export function seedTable({ trainings }: Pick<Comparison, 'trainings'>): Table {
  return {
    columns: ['seed', 'network', ...ROWS.map(({ label }) => label)],
    rows: trainings.map((training) => [
      String(training.seed),
      LABELS[training.network],
      ...ROWS.map(({ field, text }) => text(training[field])),
    ]),
  }
}

interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const ROWS: readonly {
  readonly label: string
  readonly field: MetricName
  readonly text: (value: number) => string
}[] = [
  { label: 'mean absolute error', field: 'maePx', text: (px) => `${px.toFixed(2)} px` },
  { label: 'NME, interocular', field: 'nme', text: (nme) => `${(100 * nme).toFixed(2)} %` },
  { label: 'moved by a shift', field: 'shiftPx', text: (px) => `${px.toFixed(3)} px` },
  { label: 'worst point moved by a shift', field: 'worstShiftPx', text: (px) => `${px.toFixed(2)} px` },
  { label: 'training, an image', field: 'secondsAnImage', text: (seconds) => `${(1000 * seconds).toFixed(1)} ms` },
]

function spreads(trainings: readonly Training[]): Comparison['networks'][NetworkName] {
  const spread = (field: MetricName): Spread => {
    const values = trainings.map((training) => training[field])
    const sum = values.reduce((total, value) => total + value, 0)
    return { mean: sum / values.length, low: Math.min(...values), high: Math.max(...values) }
  }
  return Object.fromEntries(FIGURES.map((name) => [name, spread(name)])) as Comparison['networks'][NetworkName]
}
