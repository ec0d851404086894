/**
 * Compares ResNet-18 with and without anti-aliasing on iBUG's faces in the wild: with three heads, from random weights and from those of
 * the trained plain network, and in a second size. Its runs stay in --runs, where the next call continues them. Writes antialias.json and
 * antialias.md.
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

const peerSchema = z.object({
  network: z.enum(['plain', 'antialiased']),
  seed: z.number(),
  nme: z.number(),
  torch: z.string(),
})
type Peer = z.infer<typeof peerSchema>

const LABELS = { plain: 'plain', antialiased: 'anti-aliased' } as const

const { data, epochs, faces, heads, runs } = options
await useBackend(options.backend)
const common = { data, epochs, faces, heads, resume: true }
const comparison = await compareAntialiasing({
  ...common,
  size: options.size,
  seeds: options.seeds,
  fineTunedSeeds: options['fine-tuned-seeds'],
  out: join(runs, String(options.size)),
})
const peers = comparison && trainPeers(comparison)
if (comparison) write([comparison], peers)
const otherSize = options['other-size']
if (comparison && otherSize !== undefined) {
  const out = join(runs, String(otherSize))
  const other = await compareAntialiasing({ ...common, size: otherSize, seeds: options['other-seeds'], out })
  if (other) write([comparison, other], peers)
}
await releaseBackend()

/** Trains the network with head pooled in PyTorch, or reads what a call before has trained; undefined without PyTorch. */
function trainPeers({ data: folder, settings }: AntialiasComparison): Peer[] | undefined {
  const python = findPython(['torch', 'torchvision', 'PIL'])
  if (python === undefined) return undefined
  const [seed] = options.seeds
  return peerSchema.shape.network.options.map((network) => {
    const file = join(runs, `pytorch-${settings['size']}-${network}.json`)
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

/** Writes the results without the paths of this machine. */
function write(comparisons: readonly AntialiasComparison[], peers: readonly Peer[] | undefined): void {
  const results = comparisons.map(({ data: _, report, ...rest }) => rest)
  const { backend, faces: counts, meanShapeErrorPx, settings } = results[0] as (typeof results)[number]
  writeResults(options.out, 'antialias', { comparisons: results, pytorch: peers }, [
    '# Anti-aliasing',
    '',
    `Measured by \`${['pnpm bench:antialias', ...process.argv.slice(2)].join(' ')}\`: ResNet-18 with and without anti-aliasing (BlurPool with`,
    `a filter of 4 taps). Each network is trained on ${counts.train} faces of iBUG 300-W, as gray images, for ${settings['epochs']} epochs on backend ${backend}.`,
    'For each seed and head, both trainings start from the same weights and use the same faces in the same order, with the same augmentation.',
    machineSentence(),
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
    ...results.flatMap((result) => [
      '',
      `## ${result.settings['size']} x ${result.settings['size']} pixels`,
      '',
      'Means over the seeds, with the smallest and the largest value in parentheses if there are several:',
      '',
      ...table(antialiasMeanTable(result)),
      '',
      'By seed:',
      '',
      ...table(antialiasSeedTable(result)),
    ]),
    '',
    '## PyTorch',
    '',
    'The same network with head `pooled` in PyTorch (torchvision’s blocks, reflected blurs), on the same number of faces of the same list, with the same crops,',
    'schedule and loss, in its own random order:',
    '',
    ...peerTable(comparisons[0] as AntialiasComparison, peers),
    '',
    'Not measured: ResNet-50 at 240 x 240 for 40 epochs from pretrained weights, as in the course; filters of other sizes; training to convergence: the',
    'schedules are short, because the goal is a comparison.',
    '',
  ])
}

/** Formats each network of PyTorch below the same one of facekp. */
function peerTable({ trainings }: AntialiasComparison, peers: readonly Peer[] | undefined): string[] {
  if (peers === undefined) return ['Not measured: PyTorch is missing.']
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
  return markdownTable(['network', 'program', 'NME, interocular'], rows)
}

function table({ columns, rows }: ReturnType<typeof antialiasMeanTable>): string[] {
  return markdownTable(columns, rows)
}
