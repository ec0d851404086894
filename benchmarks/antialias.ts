/**
 * ResNet-18 with and without anti-aliasing on iBUG's faces in the wild: examples/antialias-benchmark.ts to its end, or on from where it
 * was broken off, in runs/antialias. Writes antialias.json and antialias.md beside this file.
 *
 * Usage: pnpm bench:antialias [--data DIR] [--size N] [--epochs N] [--faces N] [--seeds 1,2,3] [--backend NAME]
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AntialiasComparison, antialiasMeanTable, antialiasSeedTable } from '@facekp/recipes'
import { machineSentence, markdownTable, writeFigures } from './lib/figures.ts'

const OUT = join('runs', 'antialias')
const program = fileURLToPath(new URL('../examples/antialias-benchmark.ts', import.meta.url))
const options = [...process.argv.slice(2), '--out', OUT, '--resume']
execFileSync(process.execPath, ['--import', 'tsx', '--conditions=@facekp/source', program, ...options], {
  stdio: 'inherit',
})

// Not what names places of this machine.
const { data, report, ...comparison } = JSON.parse(
  readFileSync(join(OUT, 'summary.json'), 'utf8'),
) as AntialiasComparison
const { backend, faces, settings, meanShapeErrorPx, trainings } = comparison
const seeds = [...new Set(trainings.map(({ seed }) => seed))]
const markdown = ({ columns, rows }: ReturnType<typeof antialiasMeanTable>): string[] => markdownTable(columns, rows)
writeFigures('antialias', comparison, [
  '# Anti-aliasing',
  '',
  `Made by \`${['pnpm bench:antialias', ...process.argv.slice(2)].join(' ')}\`: ResNet-18 with and without anti-aliasing (BlurPool, filter of 4) on ${faces.train} faces of iBUG 300-W`,
  `at ${settings['size']} x ${settings['size']} gray, ${settings['epochs']} epochs, seeds ${seeds.join(', ')}, backend ${backend}. A seed's two trainings begin with the same`,
  'weights and see the same faces in the same order, moved alike.',
  machineSentence(),
  '',
  `Mean over the seeds, in brackets the smallest and the largest. Errors are over ${faces.test} test faces, in pixels of the original pictures; the mean`,
  `shape errs by ${meanShapeErrorPx.toFixed(1)} px. Moved by a shift: how far points move beyond the shift where a face is shifted by a pixel to each side, in`,
  'pixels that the network sees; of a network that does not follow at all it is 1.',
  '',
  ...markdown(antialiasMeanTable(comparison)),
  '',
  ...markdown(antialiasSeedTable(comparison)),
  '',
  'Not done: ResNet-50 at 240 x 240 for 40 epochs from pretrained weights, as the course has it; other filters than that of 4; shifts of',
  'more than a pixel. The schedule is short, for a comparison: neither network is trained as far as it goes.',
  '',
])
