import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '@facekp/core'
import { lossComparison, writePlot, writeReport } from '@facekp/viz'
import { writeJson } from '../run/write-json.ts'
import {
  type AntialiasComparison,
  type AntialiasMeans,
  type AntialiasTraining,
  antialiasMeanTable,
  antialiasSeedTable,
  averageSeeds,
  describeVariant,
} from './comparison.ts'

/** Writes summary.json, plots/losses.png and report.html into `out` and prints the means. */
export async function writeAntialiasReport(
  out: string,
  results: Omit<AntialiasComparison, 'means' | 'report'>,
): Promise<AntialiasComparison> {
  const means = averageSeeds(results.trainings)
  const comparison: AntialiasComparison = { ...results, means, report: join(out, 'report.html') }
  const plot = await lossComparison(
    means.map((group) => ({
      label: describeVariant(group),
      histories: selectGroup(results.trainings, group).map(({ history }) => history),
    })),
    { title: 'ResNet-18 with and without anti-aliasing', logScale: true },
  )
  await mkdir(join(out, 'plots'), { recursive: true })
  await writePlot(plot, join(out, 'plots', 'losses.png'))
  await writeReport(describeComparison(comparison, plot), comparison.report)
  await writeJson(join(out, 'summary.json'), comparison)

  const { columns, rows } = antialiasMeanTable(comparison)
  for (const row of rows) console.log(row.map((value, i) => `${columns[i]}: ${value}`).join(', '))
  console.log(`report: ${comparison.report}`)
  return comparison
}

function selectGroup(trainings: readonly AntialiasTraining[], group: AntialiasMeans): AntialiasTraining[] {
  const label = describeVariant(group)
  return trainings.filter((training) => describeVariant(training) === label)
}

type Report = Parameters<typeof writeReport>[0]

function describeComparison(comparison: AntialiasComparison, plot: Report['plots'][number]['plot']): Report {
  const { means, faces } = comparison
  return {
    title: 'Anti-aliasing: ResNet-18 with and without',
    summary: means.flatMap((group) => [
      { label: `mean absolute error, ${describeVariant(group)}`, value: `${group.metrics.maePx.mean.toFixed(2)} px` },
      { label: `jitter, ${describeVariant(group)}`, value: `${group.metrics.jitterPx.mean.toFixed(3)} px` },
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
      ...means.map((group) => ({ label: `mean, ${describeVariant(group)}`, errorPx: group.metrics.errorPx.mean })),
      { label: 'mean shape instead of a network', errorPx: comparison.meanShapeErrorPx },
    ],
    settings: { ...comparison.settings, backend: comparison.backend } as Record<string, Json>,
    notes: [
      `Both networks of a head begin with the same weights and see the same ${faces.train} training faces in the same order with the same augmentation. Errors are in pixels of the original images, over ${faces.test} test faces.`,
      'Moved by a shift: how far the predicted points move, beyond the shift itself, when a test face is shifted to each side, in pixels that the network sees. It is 1 pixel for a network that does not follow a shift of a pixel at all. Jitter: the root mean square of the second difference of what points move beyond a face that moves on a circle by 0.4 pixels from frame to frame.',
    ],
  }
}
