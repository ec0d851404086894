/**
 * Compares ResNet-18 with and without anti-aliasing on iBUG's faces in the wild. Its runs stay in --runs, where the next call continues
 * them. Writes antialias.json and antialias.md.
 *
 * Usage: pnpm bench:antialias [--data DIR] [--size 64] [--epochs 12] [--faces N] [--seeds 1,2,3] [--backend NAME]
 *                             [--runs runs/antialias] [--out DIR]
 */
import { join } from 'node:path'
import { releaseBackend, useBackend } from '@facekp/backend'
import { type AntialiasComparison, antialiasMeanTable, antialiasSeedTable } from '@facekp/recipes'
import { compareAntialiasing } from '@facekp/recipes/node'
import * as z from 'zod'
import { backendOption, countOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  data: z.string().optional(),
  size: countOption.default(64),
  epochs: countOption.default(12),
  faces: countOption.optional(),
  seeds: seedsOption.prefault('1,2,3'),
  backend: backendOption.default('auto'),
  runs: z.string().default(join('runs', 'antialias')),
  out: outOption,
})

await useBackend(options.backend)
const comparison = await compareAntialiasing({ ...options, out: options.runs, resume: true })
if (comparison) write(comparison)
await releaseBackend()

/** Writes the results without the paths of this machine. */
function write(comparison: AntialiasComparison): void {
  const { data, report, ...results } = comparison
  const { backend, faces, settings, meanShapeErrorPx, trainings } = results
  const seeds = [...new Set(trainings.map(({ seed }) => seed))]
  const { size, epochs } = settings
  const means = antialiasMeanTable(results)
  const bySeed = antialiasSeedTable(results)
  writeResults(options.out, 'antialias', results, [
    '# Anti-aliasing',
    '',
    `Measured by \`${['pnpm bench:antialias', ...process.argv.slice(2)].join(' ')}\`: ResNet-18 with and without anti-aliasing (BlurPool with`,
    `a filter of 4 taps). Each network is trained on ${faces.train} faces of iBUG 300-W, as gray images of ${size} x ${size} pixels, for ${epochs} epochs on backend ${backend}.`,
    `Seeds: ${seeds.join(', ')}. For each seed, both trainings start from the same weights and use the same faces in the same order, with the same augmentation.`,
    machineSentence(),
    '',
    `The first table shows the mean over the seeds, with the smallest and the largest value in parentheses. Errors are measured on ${faces.test} test faces, in pixels of`,
    `the original images. If the mean shape is predicted for every face, the mean distance of the points is ${meanShapeErrorPx.toFixed(1)} px. "Moved by a shift" is the distance`,
    'that points move relative to the image if a face is shifted by one pixel to each side, in pixels of the network’s input. It is 1 px for a',
    'network that does not follow the shift at all.',
    '',
    ...markdownTable(means.columns, means.rows),
    '',
    ...markdownTable(bySeed.columns, bySeed.rows),
    '',
    'Not measured: ResNet-50 at 240 x 240 for 40 epochs from pretrained weights, as in the course; filters of other sizes; shifts of more than',
    'one pixel. The schedule is short, because the goal is a comparison: neither network is trained to convergence.',
    '',
  ])
}
