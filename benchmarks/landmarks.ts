/**
 * What `pnpm landmarks` reaches, and what each part of its small recipe is worth. Writes landmarks.json and landmarks.md beside this
 * file; what stands there of other runs is kept.
 *
 * Usage: pnpm bench:landmarks --from RUN_FOLDER,...                takes the figures of runs that `pnpm landmarks` did on this machine
 *        pnpm bench:landmarks --peer [--data DIR]                  measures the nets of @vladmandic/face-api, with their own weights
 *        pnpm bench:landmarks --ablation [--changes NAME,...] [--epochs 20] [--seeds 1] [--data DIR]
 *
 * The ablation trains the small recipe with a network smaller still on the 300-W protocol's training part with one thing changed at a time, and measures on a tenth of
 * its pictures that is left out: the faces to test on are not looked at. Its runs stay in runs/bench-landmarks; those that are done are
 * not done again.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { releaseBackend, useBackend } from '@facekp/backend'
import type { Estimate } from '@facekp/metrics'
import { findIbug } from '@facekp/recipes/node'
import { z } from 'zod'
import { FACE_API, faceApiNets } from './lib/face-api.ts'
import { faceApiErrors } from './lib/face-api-errors.ts'
import { machineSentence, markdownTable, writeFigures } from './lib/figures.ts'
import { mean } from './lib/peer.ts'

const RUN = ['--import', 'tsx', '--conditions=@facekp/source']

interface Change {
  readonly name: string
  /** What of the ablation's network and of the small recipe is set anew. */
  readonly settings: Record<string, unknown>
  /** Changes nothing before the end: the network is that of the recipe as it stands. */
  readonly atTestOnly?: true
}

const loss = (kind: string): Change => ({ name: `loss ${kind}`, settings: { loss: { kind } } })
const NONE = { degrees: 0, scale: 1, shift: 0, mirrored: 0, contrast: 0, brightness: 0, shade: 0, occluded: 0 }
const augmented = (name: string, augmentation: object): Change => ({ name, settings: { augmentation } })
const views = (name: string, atTest: object): Change => ({ name, settings: { atTest }, atTestOnly: true })
const sized = (size: number): Change => ({
  name: `${size} x ${size} pixels`,
  settings: { size, kept: { size: Math.round(size * 1.625) } },
})
/** Residual networks at 64 x 64 pixels, to be compared with one another. */
const headed = (head: string): Change => ({
  name: `resnet18 at 64 x 64, head ${head}`,
  settings: { arch: 'resnet18', head, size: 64, kept: { size: 104 } },
})

const SMALLER = { arch: 'heatmapNet16', size: 96, kept: { size: 156 } }
const BASE: Change = { name: 'as it stands', settings: {} }
const CHANGES: readonly Change[] = [
  BASE,
  ...['mse', 'smoothL1', 'wing', 'softWing', 'adaptiveWing', 'star'].map(loss),
  augmented('no augmentation', NONE),
  augmented('nothing turned, scaled, shifted', { degrees: 0, scale: 1, shift: 0 }),
  augmented('nothing mirrored', { mirrored: 0 }),
  augmented('no light changed', { contrast: 0, brightness: 0, shade: 0 }),
  augmented('nothing put before faces', { occluded: 0 }),
  { name: 'weights averaged (EMA 0.999)', settings: { emaDecay: 0.999 } },
  views('eight views, mirrored or not', { views: 8, mirrored: 0.5 }),
  views('eight views, moved and mirrored', { views: 8, degrees: 8, scale: 1.06, shift: 0.02, mirrored: 0.5 }),
  sized(64),
  sized(128),
  { name: 'heatmapNet32', settings: { arch: 'heatmapNet32' } },
  ...['coordinates', 'heatmaps', 'simcc'].map(headed),
]

/** A figure with the ends of its 95 % interval. */
const interval = z.tuple([z.number(), z.number(), z.number()])
const summarySchema = z.object({
  title: z.string().startsWith('Landmarks: ', 'is of no run of pnpm landmarks'),
  backend: z.string(),
  seed: z.number(),
  epochs: z.number(),
  interrupted: z.literal(false, 'the run has not come to its end'),
  seconds: z.number(),
  meanShapeErrorPx: z.number(),
  valErrorPx: z.number(),
  maePx: interval.optional(),
  nme: interval.optional(),
  failureRate: interval.optional(),
  auc: interval.optional(),
  settings: z.object({ arch: z.string(), size: z.number(), weights: z.string() }),
})
const runSchema = summarySchema.extend({ faces: z.number() })
const rowSchema = z.object({
  name: z.string(),
  seed: z.number(),
  epochs: z.number(),
  seconds: z.number(),
  nme: interval,
  errorPx: z.number(),
})
const peerSchema = z.object({
  name: z.string(),
  box: z.object({ scale: z.number(), below: z.number() }),
  nme: interval,
  failureRate: interval,
})
const knownSchema = z.object({
  runs: z.array(runSchema),
  peers: z.array(peerSchema),
  ablation: z.array(rowSchema),
})
type Run = z.infer<typeof runSchema>
type Row = z.infer<typeof rowSchema>
type Triple = z.infer<typeof interval>

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    peer: { type: 'boolean', default: false },
    ablation: { type: 'boolean', default: false },
    changes: { type: 'string' },
    epochs: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '1' },
    data: { type: 'string' },
  },
})
const wanted = z
  .array(z.enum(CHANGES.map(({ name }) => name)))
  .parse(values.changes?.split(';') ?? CHANGES.map(({ name }) => name))
const epochs = z.coerce.number().int().positive().parse(values.epochs)
const seeds = z.array(z.coerce.number().int()).parse(values.seeds.split(','))

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const known = existsSync(here('landmarks.json'))
  ? knownSchema.parse(JSON.parse(readFileSync(here('landmarks.json'), 'utf8')))
  : { runs: [], peers: [], ablation: [] }

for (const folder of values.from?.split(',') ?? []) {
  const run = runIn(folder)
  const others = known.runs.filter(({ title, seed }) => title !== run.title || seed !== run.seed)
  known.runs = [...others, run].sort((a, b) => a.title.localeCompare(b.title) || a.seed - b.seed)
  write()
}
if (values.peer) {
  await useBackend('onnx')
  const ends = ({ value, low, high }: Estimate): Triple => [value, low, high]
  const measured = await faceApiErrors(values.data ?? findIbug(), faceApiNets())
  await releaseBackend()
  known.peers = measured.map(({ name, box, found: { nme, failureRate } }) => {
    return { name: `${FACE_API}, ${name}`, box, nme: ends(nme), failureRate: ends(failureRate) }
  })
  write()
}
if (values.ablation) {
  for (const seed of seeds) {
    for (const change of CHANGES.filter(({ name }) => name === BASE.name || wanted.includes(name))) {
      const row = ablated(change, seed)
      const others = known.ablation.filter((one) => one.name !== row.name || one.seed !== seed || one.epochs !== epochs)
      known.ablation = [...others, row]
      write()
    }
  }
}

/** What the folder of a run tells. */
function runIn(folder: string): Run {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const { faces } = z.object({ faces: z.array(z.unknown()) }).parse(read('errors.json'))
  return { ...summarySchema.parse(read('summary.json')), faces: faces.length }
}

/** Whether a run has come to its end; one that was broken off is gone on with. */
function isDone(folder: string): boolean {
  const summary = join(folder, 'summary.json')
  return existsSync(summary) && summarySchema.safeParse(JSON.parse(readFileSync(summary, 'utf8'))).success
}

/** The recipe with one thing changed; what has been done before is only read. */
function ablated({ name, settings, atTestOnly }: Change, seed: number): Row {
  const folder = (of: string): string =>
    here(`../runs/bench-landmarks/${of.replaceAll(/[^\w.]+/g, '-')}-epochs-${epochs}-seed-${seed}`)
  const out = folder(name)
  if (!isDone(out)) {
    if (atTestOnly) cpSync(join(folder(BASE.name), 'checkpoints'), join(out, 'checkpoints'), { recursive: true })
    const args = ['--dataset', '300w', '--recipe', 'faces-small', '--holdout', '--resume', '--seed', `${seed}`]
    const more = ['--epochs', `${epochs}`, '--change', JSON.stringify({ ...SMALLER, ...settings }), '--out', out]
    const data = values.data === undefined ? [] : ['--data', values.data]
    console.log(`\n${name}, seed ${seed}`)
    execFileSync(process.execPath, [...RUN, here('../examples/train-landmarks.ts'), ...args, ...more, ...data], {
      stdio: 'inherit',
    })
  }
  const { nme, valErrorPx, seconds } = runIn(out)
  return { name, seed, epochs, seconds, nme: interval.parse(nme), errorPx: valErrorPx }
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`
}

function px(value: number): string {
  return `${value.toFixed(2)} px`
}

function told(triple: Triple | undefined, unit: (value: number) => string): string {
  if (triple === undefined) return 'none'
  const [value, low, high] = triple
  return `${unit(value)} (${unit(low)} to ${unit(high)})`
}

function write(): void {
  const runs = known.runs.map((run) => [
    run.title.replace('Landmarks: ', ''),
    `${run.settings.arch}, ${run.settings.size} px`,
    `${run.faces}`,
    told(run.nme, percent),
    told(run.failureRate, percent),
    told(run.maePx, px),
    `${px(run.valErrorPx)} (mean shape ${px(run.meanShapeErrorPx)})`,
    `${run.epochs}`,
    `${(run.seconds / 60).toFixed(0)} min`,
  ])
  const commands = known.runs.map(({ title, seed, epochs, settings, backend }) => {
    const [set, recipe] = title.replace('Landmarks: ', '').split(', ')
    const weights = settings.weights === 'none' ? '' : ` --weights ${settings.weights}`
    return `- \`pnpm landmarks --set ${set} --recipe ${recipe}${weights} --epochs ${epochs} --seed ${seed} --backend ${backend}\``
  })
  writeFigures('landmarks', known, [
    '# Landmarks',
    '',
    'What `pnpm landmarks` reached, kept by `pnpm bench:landmarks --from RUN_FOLDER`. In brackets the 95 % interval over the faces to test on, which were',
    'neither trained on nor looked at before the end. NME is by the distance between the outer corners of the eyes; mean absolute error and mean',
    'distance are in pixels of the original pictures.',
    machineSentence(),
    '',
    ...markdownTable(
      ['set, recipe', 'network', 'faces', 'NME', 'above 8 %', 'mean absolute error', 'mean distance', 'epochs', 'time'],
      runs,
    ),
    '',
    ...commands,
    '',
    ...(known.peers.length > 0 ? peerLines() : []),
    ...(known.ablation.length > 0 ? ablationLines() : []),
  ])
}

function peerLines(): string[] {
  return [
    '## The peer',
    '',
    `Made by \`pnpm bench:landmarks --peer\`: the landmark nets of ${FACE_API}, with the weights that come with it, on the same faces of the 300-W`,
    'protocol’s common part. No detector stands before them: each sees a square about the true points, whose size and place were chosen for it on faces',
    'of the training part. (The networks above see the detector’s boxes that come with the faces.)',
    '',
    ...markdownTable(
      ['net', 'side of the box', 'its middle', 'NME', 'above 8 %'],
      known.peers.map(({ name, box, nme, failureRate }) => [
        name,
        `${box.scale} of the points’`,
        `${percent(box.below)} of it below theirs`,
        told(nme, percent),
        told(failureRate, percent),
      ]),
    ),
    '',
  ]
}

function ablationLines(): string[] {
  const lengths = [...new Set(known.ablation.map((row) => row.epochs))].sort((a, b) => a - b)
  return lengths.flatMap((length) => {
    const rows = known.ablation.filter((row) => row.epochs === length)
    const base = new Map(rows.filter(({ name }) => name === BASE.name).map(({ seed, nme }) => [seed, nme[0]]))
    const named = CHANGES.flatMap(({ name }) => {
      const of = rows.filter((row) => row.name === name)
      if (of.length === 0) return []
      const gains = of.flatMap(({ seed, nme }) => (base.has(seed) ? [nme[0] - (base.get(seed) as number)] : []))
      const gain = mean(gains) ?? 0
      return [
        [
          name,
          percent(mean(of.map(({ nme }) => nme[0])) as number),
          `${gain > 0 ? '+' : ''}${(100 * gain).toFixed(2)}`,
          `${of.length}`,
          `${((mean(of.map(({ seconds }) => seconds)) as number) / 60).toFixed(1)} min`,
        ],
      ]
    })
    return [
      `## One thing at a time, ${length} epochs`,
      '',
      `Made by \`pnpm bench:landmarks --ablation --epochs ${length}\`: the small recipe with heatmapNet16 at 96 x 96 pixels, on nine tenths of the 300-W`,
      'protocol’s training part, measured on the pictures of the last tenth. NME, mean over the seeds; what is added to that of the recipe as it',
      'stands, in points of per cent: less is better. The time is that of training beside other programs.',
      '',
      ...markdownTable(['changed', 'NME', 'against the recipe', 'seeds', 'time'], named),
      '',
    ]
  })
}
