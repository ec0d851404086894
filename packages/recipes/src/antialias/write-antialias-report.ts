import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '@facekp/core'
import { lossComparison, writePlot, writeReport } from '@facekp/viz'
import { writeJson } from '../run/write-json.ts'
import {
  type AntialiasComparison,
  antialiasMeanTable,
  antialiasSeedTable,
  LABELS,
  NETWORKS,
  type NetworkName,
  spreadMetrics,
} from './comparison.ts'

/** Writes summary.json, plots/losses.png and report.html into `out` and prints the means. */
export async function writeAntialiasReport(
  out: string,
  results: Omit<AntialiasComparison, 'networks' | 'report'>,
): Promise<AntialiasComparison> {
  const select = (network: NetworkName) => results.trainings.filter((training) => training.network === network)
  const comparison: AntialiasComparison = {
    ...results,
    networks: { plain: spreadMetrics(select('plain')), antialiased: spreadMetrics(select('antialiased')) },
    report: join(out, 'report.html'),
  }
  const seeds = select('plain').length
  const plot = await lossComparison(
    NETWORKS.map((name) => ({ label: LABELS[name], histories: select(name).map(({ history }) => history) })),
    { title: `ResNet-18 with and without anti-aliasing, ${seeds} seed${seeds === 1 ? '' : 's'}`, logScale: true },
  )
  await mkdir(join(out, 'plots'), { recursive: true })
  await writePlot(plot, join(out, 'plots', 'losses.png'))
  await writeReport(describeComparison(comparison, plot), comparison.report)
  await writeJson(join(out, 'summary.json'), comparison)

  for (const row of antialiasMeanTable(comparison).rows) console.log(row.join(': '))
  console.log(`report: ${comparison.report}`)
  return comparison
}

type Report = Parameters<typeof writeReport>[0]

function describeComparison(comparison: AntialiasComparison, plot: Report['plots'][number]['plot']): Report {
  const { networks, faces } = comparison
  return {
    title: 'Anti-aliasing: ResNet-18 with and without',
    summary: NETWORKS.flatMap((name) => [
      { label: `mean absolute error, ${LABELS[name]}`, value: `${networks[name].maePx.mean.toFixed(2)} px` },
      { label: `moved by a shift, ${LABELS[name]}`, value: `${networks[name].shiftPx.mean.toFixed(3)} px` },
    ]),
    plots: [
      {
        plot,
        caption:
          'Training loss (with augmentation) and loss of the test faces by epoch: mean over the seeds, and range from smallest to largest.',
      },
    ],
    tables: [
      { title: 'Mean over the seeds, smallest to largest', ...antialiasMeanTable(comparison) },
      { title: 'By seed', ...antialiasSeedTable(comparison) },
    ],
    errors: [
      ...NETWORKS.map((name) => ({ label: `mean, ${LABELS[name]}`, errorPx: networks[name].errorPx.mean })),
      { label: 'mean shape instead of a network', errorPx: comparison.meanShapeErrorPx },
    ],
    settings: { ...comparison.settings, backend: comparison.backend } as Record<string, Json>,
    notes: [
      `Both networks begin with the same weights and see the same ${faces.train} training faces in the same order with the same augmentation. Errors are in pixels of the original images, over ${faces.test} test faces.`,
      'Shift consistency: how far the predicted points move, beyond the shift itself, when a test face is shifted by a pixel to each side, in pixels that the network sees. It is 1 pixel for a network that does not follow the shift at all.',
    ],
  }
}
