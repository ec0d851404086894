/**
 * Compares ResNet-18 with and without anti-aliasing on iBUG's faces in the wild: with three heads, from random weights and from those of
 * the trained plain network, and in a second size. Its runs stay in --runs, where the next call continues them. Writes antialias.json and
 * antialias.md, and keeps comparisons of other sizes and numbers of epochs and faces in them, and trainings of other heads and seeds.
 *
 * Usage: pnpm bench:antialias [--data DIR] [--epochs 8] [--faces 1104] [--size 64] [--heads A,B] [--seeds 1,2,3] [--fine-tuned-seeds N,M]
 *                             [--other-size N] [--other-seeds 1] [--backend NAME] [--runs runs/antialias] [--out DIR]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { releaseBackend, useBackend } from '@facekp/backend'
import { ANTIALIAS_HEADS, type AntialiasComparison, antialiasMeanTable, antialiasSeedTable } from '@facekp/recipes'
import { compareAntialiasing } from '@facekp/recipes/node'
import * as z from 'zod'
import {
  type Comparison,
  describeSettings,
  type Measurement,
  measurementSchema,
  mergeMeasurements,
  NETWORKS,
  type Peer,
  peerSchema,
} from './lib/antialias-measurements.ts'
import { backendOption, countOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { findPython, runJson } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  data: z.string().optional(),
  epochs: countOption.default(8),
  faces: countOption.default(1104),
  size: countOption.default(64),
  heads: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.literal(ANTIALIAS_HEADS)))
    .prefault(ANTIALIAS_HEADS.join()),
  seeds: seedsOption.prefault('1,2,3'),
  'fine-tuned-seeds': seedsOption.optional(),
  'other-size': countOption.optional(),
  'other-seeds': seedsOption.prefault('1'),
  backend: backendOption.default('auto'),
  runs: z.string().default(join('runs', 'antialias')),
  out: outOption,
})

const LABELS = { plain: 'plain', antialiased: 'anti-aliased' } as const

const { data, epochs, faces, heads, runs } = options
await useBackend(options.backend)
const common = { data, epochs, faces, heads, resume: true }
const comparison = await compareAntialiasing({
  ...common,
  size: options.size,
  seeds: options.seeds,
  fineTunedSeeds: options['fine-tuned-seeds'],
  out: join(runs, `${options.size}-${epochs}`),
})
if (comparison) add(comparison, trainPeers)
const otherSize = options['other-size']
if (comparison && otherSize !== undefined) {
  const out = join(runs, `${otherSize}-${epochs}`)
  const other = await compareAntialiasing({ ...common, size: otherSize, seeds: options['other-seeds'], out })
  if (other) add(other)
}
await releaseBackend()

/** Trains the network with head pooled in PyTorch, or reads what a call before has trained; undefined without PyTorch or that head. */
function trainPeers({ data: folder, settings }: AntialiasComparison): Peer[] | undefined {
  if (!heads.includes('pooled')) return undefined
  const python = findPython(['torch', 'torchvision', 'PIL'])
  if (python === undefined) return undefined
  const [seed] = options.seeds
  return NETWORKS.map((network) => {
    const name = `pytorch-${network}-${settings['size']}px-${epochs}-epochs-${faces}-faces-seed-${seed}.json`
    const file = join(runs, name)
    if (!existsSync(file)) {
      const values = {
        data: folder,
        network,
        size: settings['size'],
        epochs,
        faces,
        seed,
        threads: availableParallelism(),
      }
      const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])
      const script = fileURLToPath(new URL('antialias_pytorch.py', import.meta.url))
      writeFileSync(file, JSON.stringify(runJson(python, [script, ...args])))
    }
    return peerSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  })
}

/** Adds trainings to the comparison of the same size and number of epochs, without the paths of this machine. */
function add(result: AntialiasComparison, getPeers?: typeof trainPeers): void {
  const { data: _, report, means, ...comparison } = result
  const run = { command: ['pnpm bench:antialias', ...process.argv.slice(2)].join(' '), machine: machineSentence() }
  const added: Measurement = { runs: [run], comparison }
  const known = readMeasurements()
  const old = known.find((other) => describeSettings(other) === describeSettings(added))
  const others = known.filter((other) => other !== old)
  const merged = old ? mergeMeasurements(old, added) : added
  const measurement = { ...merged, pytorch: old?.pytorch ?? getPeers?.(result) }
  write(
    [...others, measurement].sort((a, b) =>
      describeSettings(a).localeCompare(describeSettings(b), 'en', { numeric: true }),
    ),
  )
}

function readMeasurements(): Measurement[] {
  const file = join(options.out, 'antialias.json')
  if (!existsSync(file)) return []
  return z.object({ measurements: z.array(measurementSchema) }).parse(JSON.parse(readFileSync(file, 'utf8')))
    .measurements
}

function write(measurements: readonly Measurement[]): void {
  const { faces: counts, meanShapeErrorPx } = (measurements[0] as Measurement).comparison
  writeResults(options.out, 'antialias', { measurements }, [
    '# Anti-aliasing',
    '',
    `ResNet-18 with and without anti-aliasing (BlurPool with a filter of 4 taps), trained on faces of iBUG 300-W, as gray images.`,
    'For each seed and head, both trainings start from the same weights and use the same faces in the same order, with the same augmentation.',
    '',
    '- `pooled`: the mean of each of the last maps, then a dense layer for the coordinates, as in torchvision’s ResNet.',
    '- `flattened`: a dense layer on all values of the last maps.',
    '- `heatmaps`: three transposed convolutions to 1/4 of the image’s size, one heatmap for each point, and its soft-argmax.',
    '- `from plain weights`: both networks are trained for the same number of epochs once more, from the weights of the trained plain network.',
    '',
    `Errors are measured on ${counts.test} test faces, in pixels of the original images. If the mean shape is predicted for every face, the mean`,
    `distance of the points is ${meanShapeErrorPx.toFixed(1)} px. "Moved by a shift" is the distance that points move relative to the image if a face is shifted to each side,`,
    'in pixels of the network’s input. It is the shift itself for a network that does not follow at all. A shift of a pixel moves the image and replicates',
    'its edge; for shifts of parts of a pixel, 32 of the test faces are sampled anew from four times as many pixels. "Jitter" is measured on videos in which these',
    'faces move on a circle of 2 px by 0.4 px from frame to frame: the root mean square of the second difference of the points relative to the face. It is',
    '0.054 px for points that stay where they are, so it says something only of networks that follow shifts.',
    '',
    'The whole comparison is `pnpm bench:antialias --fine-tuned-seeds 1 --other-size 96 --other-seeds 1,2,3`. Not measured: ResNet-50 at 240 x 240 for 40 epochs from pretrained',
    'weights, as in the course; filters of other sizes.',
    ...measurements.flatMap(formatMeasurement),
    '',
  ])
}

function formatMeasurement(measurement: Measurement): string[] {
  const { runs: commands, comparison: result, pytorch } = measurement
  return [
    '',
    `## ${describeSettings(measurement)}`,
    '',
    `Measured on backend ${result.backend} by:`,
    '',
    ...commands.map(({ command, machine }) => `- \`${command}\`. ${machine}`),
    '',
    'Means over the seeds, with the smallest and the largest value in parentheses if there are several:',
    '',
    ...table(antialiasMeanTable(result)),
    ...(new Set(result.trainings.map(({ seed }) => seed)).size > 1
      ? ['', 'By seed:', '', ...table(antialiasSeedTable(result))]
      : []),
    ...(pytorch ? ['', ...formatPeers(result, pytorch)] : []),
  ]
}

/** Formats each network of PyTorch below the same one of facekp. */
function formatPeers({ trainings }: Comparison, peers: readonly Peer[]): string[] {
  const rows = peers.flatMap((peer) => {
    const ours = trainings.filter(
      ({ head, start, network, seed }) =>
        head === 'pooled' && start === 'random' && network === peer.network && seed === peer.seed,
    )
    return [...ours, peer].map((result) => [
      LABELS[result.network],
      'torch' in result ? `PyTorch ${result.torch}` : 'facekp',
      `${(100 * result.nme).toFixed(2)} %`,
    ])
  })
  return [
    'The same network with head `pooled` in PyTorch (torchvision’s blocks, reflected blurs), on the same number of faces of the same list, with the same crops,',
    'schedule and loss, in its own random order:',
    '',
    ...markdownTable(['network', 'program', 'NME, interocular'], rows),
  ]
}

function table({ columns, rows }: ReturnType<typeof antialiasMeanTable>): string[] {
  return markdownTable(columns, rows)
}
