/**
 * Collects results of `pnpm landmarks`, evaluates a peer, and runs an ablation of the small recipe. Writes landmarks.json and landmarks.md,
 * and keeps other results in them.
 *
 * Usage: pnpm bench:landmarks --from RUN_FOLDER,...       adds runs of `pnpm landmarks` on this machine
 *        pnpm bench:landmarks --end-to-end RUN_FOLDER,... [--data DIR]   finds and measures the faces of whole images of 300-W by their landmarkers
 *        pnpm bench:landmarks --peer [--data DIR]         evaluates the nets of @vladmandic/face-api with their own weights
 *        pnpm bench:landmarks --ablation [--changes NAME;...] [--epochs 20] [--seeds 1] [--data DIR] [--runs DIR]
 *        each with [--out DIR]
 *
 * The ablation trains a small network on the training part of the 300-W protocol with one change at a time, and evaluates a tenth of its images,
 * held out: the test faces are not used. Its runs stay in --runs (default runs/bench-landmarks); finished ones are not repeated.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseBackend, useBackend } from '@facekp/backend'
import { readIbug300W } from '@facekp/data-ibug/node'
import { evaluateLandmarker } from '@facekp/landmarker'
import { loadLandmarker } from '@facekp/landmarker/node'
import {
  type AugmentationLimits,
  facesSmall,
  type MetricInterval,
  NO_MOTION,
  type Recipe,
  type Tta,
} from '@facekp/recipes'
import { findIbug, fit, holdOut, loadFaces, readRunErrors, readRunSummary } from '@facekp/recipes/node'
import type { LossSettings } from '@facekp/trainer'
import * as z from 'zod'
import { FACE_API, loadFaceApiNets } from './lib/face-api.ts'
import { evaluateFaceApi } from './lib/face-api-errors.ts'
import { readFinishedRun, requireFinished } from './lib/finished-run.ts'
import { formatRunCommand, listOverrides } from './lib/landmarks-command.ts'
import { describeLandmarksRun, getLandmarksKey } from './lib/landmarks-key.ts'
import { MIN_OVERLAP } from './lib/measure-landmarker.ts'
import { countOption, flagOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { mean } from './lib/peer.ts'
import { formatInterval, machineSentence, markdownTable, writeResults } from './lib/results.ts'

interface Change {
  readonly name: string
  /** Replaces these settings of the base recipe. */
  readonly settings: Partial<Recipe>
  /** Whether only the evaluation changes: the network is that of the base recipe. */
  readonly isTtaOnly?: true
}

const lossChange = (kind: LossSettings['kind']): Change => ({
  name: `loss ${kind}`,
  settings: { loss: { kind } as LossSettings },
})
const NO_LIGHT = { contrast: 0, brightness: 0, shade: 0 }
const LIMITS = facesSmall.augmentation as AugmentationLimits
const augmentationChange = (name: string, limits: Partial<AugmentationLimits>): Change => ({
  name,
  settings: { augmentation: { ...LIMITS, ...limits } },
})
const ttaChange = (name: string, settings: Partial<Tta>): Change => ({
  name,
  settings: { tta: { ...NO_MOTION, views: 8, ...settings } },
  isTtaOnly: true,
})
const sizeChange = (size: number): Change => ({
  name: `${size} x ${size} pixels`,
  settings: { size, cachedCrop: { size: Math.round(size * 1.625), margin: 0.45 } },
})
/** ResNet-18 at 64 x 64 pixels, to compare heads. */
const headChange = (head: 'coordinates' | 'heatmaps' | 'simcc'): Change => ({
  name: `resnet18 at 64 x 64, head ${head}`,
  settings: { arch: 'resnet18', head, size: 64, cachedCrop: { size: 104, margin: 0.45 } },
})

const BASE_RECIPE: Recipe = {
  ...facesSmall,
  arch: 'heatmapNet16',
  size: 96,
  cachedCrop: { size: 156, margin: 0.45 },
}
const BASE: Change = { name: 'base recipe', settings: {} }
const CHANGES: readonly Change[] = [
  BASE,
  ...(['mse', 'smoothL1', 'wing', 'softWing', 'adaptiveWing', 'star'] as const).map(lossChange),
  augmentationChange('no augmentation', { ...NO_MOTION, ...NO_LIGHT, occlusionProb: 0 }),
  augmentationChange('no rotation, scale, shift', { degrees: 0, scale: 1, shift: 0 }),
  augmentationChange('no horizontal flip', { flipProb: 0 }),
  augmentationChange('no change of light', NO_LIGHT),
  augmentationChange('no occlusion', { occlusionProb: 0 }),
  { name: 'EMA of the weights (0.999)', settings: { emaDecay: 0.999 } },
  ttaChange('8 views: flip', { flipProb: 0.5 }),
  ttaChange('8 views: affine and flip', { degrees: 8, scale: 1.06, shift: 0.02, flipProb: 0.5 }),
  sizeChange(64),
  sizeChange(128),
  { name: 'heatmapNet32', settings: { arch: 'heatmapNet32' } },
  ...(['coordinates', 'heatmaps', 'simcc'] as const).map(headChange),
]

const interval: z.ZodType<MetricInterval> = z.object({ value: z.number(), low: z.number(), high: z.number() })
const settingsSchema = z.object({ arch: z.string(), size: z.number(), weights: z.string() })
const runSchema = z.object({
  title: z.string().startsWith('Landmarks: ', 'expected a run of pnpm landmarks'),
  backend: z.string(),
  seed: z.number(),
  epochs: z.number(),
  interrupted: z.literal(false, 'expected a finished run'),
  seconds: z.number(),
  meanShapeErrorPx: z.number(),
  valErrorPx: z.number(),
  maePx: interval.optional(),
  nme: interval.optional(),
  failureRate: interval.optional(),
  auc: interval.optional(),
  settings: settingsSchema,
  overrides: z.array(z.string()).default([]),
  faces: z.number(),
})
const rowSchema = z.object({
  name: z.string(),
  seed: z.number(),
  epochs: z.number(),
  seconds: z.number(),
  nme: interval,
  errorPx: z.number(),
})
type AblationRow = z.infer<typeof rowSchema>
const peerSchema = z.object({
  name: z.string(),
  box: z.object({ scale: z.number(), below: z.number() }),
  nme: interval,
  failureRate: interval,
})
const endToEndSchema = z.object({
  title: z.string(),
  overrides: z.array(z.string()).default([]),
  seed: z.number(),
  epochs: z.number(),
  settings: settingsSchema,
  faces: z.number(),
  missed: z.number(),
  nme: interval,
  failureRate: interval,
})
const resultsSchema = z.object({
  runs: z.array(runSchema),
  endToEnd: z.array(endToEndSchema).default([]),
  peers: z.array(peerSchema),
  ablation: z.array(rowSchema),
})

const options = parseOptions({
  from: z.string().optional(),
  'end-to-end': z.string().optional(),
  peer: flagOption,
  ablation: flagOption,
  changes: z.string().optional(),
  epochs: countOption.default(20),
  seeds: seedsOption.prefault('1'),
  data: z.string().optional(),
  runs: z.string().default(join('runs', 'bench-landmarks')),
  out: outOption,
})
const changeNames = z
  .array(z.enum(CHANGES.map(({ name }) => name)))
  .parse(options.changes?.split(';') ?? CHANGES.map(({ name }) => name))
const { epochs } = options
const file = join(options.out, 'landmarks.json')
const known = existsSync(file)
  ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  : { runs: [], endToEnd: [], peers: [], ablation: [] }

for (const folder of options.from?.split(',') ?? []) {
  const errors = await readRunErrors(folder)
  const summary = await readRunSummary(folder)
  const run = runSchema.parse({ ...summary, overrides: listOverrides(summary), faces: errors?.faces.length })
  const others = known.runs.filter((other) => getLandmarksKey(other) !== getLandmarksKey(run))
  known.runs = [...others, run].sort((a, b) => getLandmarksKey(a).localeCompare(getLandmarksKey(b)))
  write()
}
if (options['end-to-end'] || options.peer || options.ablation) await useBackend('onnx')
for (const folder of options['end-to-end']?.split(',') ?? []) {
  const row = await measureEndToEnd(folder)
  const others = known.endToEnd.filter((other) => getLandmarksKey(other) !== getLandmarksKey(row))
  known.endToEnd = [...others, row].sort((a, b) => getLandmarksKey(a).localeCompare(getLandmarksKey(b)))
  write()
}
if (options.peer) {
  const evaluations = await evaluateFaceApi(options.data ?? findIbug(), loadFaceApiNets())
  known.peers = evaluations.map(({ name, box, evaluation: { nme, failureRate } }) => {
    return { name: `${FACE_API}, ${name}`, box, nme: toInterval(nme), failureRate: toInterval(failureRate) }
  })
  write()
}
if (options.ablation) await runAblation()
await releaseBackend()

/** Finds the faces in whole images of the common part by the landmarker of a run. */
async function measureEndToEnd(folder: string): Promise<z.infer<typeof endToEndSchema>> {
  const summary = await readRunSummary(folder)
  const { title, seed, epochs, settings } = runSchema
    .pick({ title: true, seed: true, epochs: true, settings: true, interrupted: true })
    .parse(summary)
  const { common } = await readIbug300W(options.data ?? findIbug(), { channels: 3 })
  const landmarker = await loadLandmarker(join(folder, 'landmarker'))
  const { faceCount, missedCount, nme, failureRate } = await evaluateLandmarker(landmarker, common, {
    minOverlap: MIN_OVERLAP,
  })
  landmarker.dispose()
  return {
    title,
    overrides: listOverrides(summary),
    seed,
    epochs,
    settings,
    faces: faceCount,
    missed: missedCount,
    nme: toInterval(nme),
    failureRate: toInterval(failureRate),
  }
}

async function runAblation(): Promise<void> {
  for (const seed of options.seeds) {
    for (const change of CHANGES.filter(({ name }) => name === BASE.name || changeNames.includes(name))) {
      const row = await trainChange(change, seed)
      const others = known.ablation.filter(
        (other) => other.name !== row.name || other.seed !== seed || other.epochs !== epochs,
      )
      known.ablation = [...others, row]
      write()
    }
  }
}

/** Trains the base recipe with one change on nine tenths of the training faces, or reads a finished run. */
async function trainChange({ name, settings, isTtaOnly }: Change, seed: number): Promise<AblationRow> {
  const runFolder = (change: string): string =>
    join(options.runs, `${change.replaceAll(/[^\w.]+/g, '-')}-epochs-${epochs}-seed-${seed}`)
  const out = runFolder(name)
  let summary = await readFinishedRun(out)
  if (summary === undefined) {
    if (isTtaOnly) cpSync(join(runFolder(BASE.name), 'checkpoints'), join(out, 'checkpoints'), { recursive: true })
    const recipe = { ...BASE_RECIPE, ...settings, epochs }
    console.log(`\n${name}, seed ${seed}`)
    const faces = holdOut(await loadFaces('300w', { data: options.data, crop: recipe.cachedCrop }))
    const result = await fit({ ...faces, recipe, recipeName: name, seed, out, resume: true })
    result.model.dispose()
    summary = result.summary
    requireFinished(summary)
  }
  const { nme, valErrorPx, seconds } = summary
  return { name, seed, epochs, seconds, nme: interval.parse(nme), errorPx: valErrorPx }
}

function toInterval({ value, low, high }: MetricInterval): MetricInterval {
  return { value, low, high }
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`
}

function px(value: number): string {
  return `${value.toFixed(2)} px`
}

function write(): void {
  const runs = known.runs.map((run) => [
    describeLandmarksRun(run),
    `${run.settings.arch}, ${run.settings.size} px`,
    `${run.faces}`,
    formatInterval(run.nme, percent),
    formatInterval(run.failureRate, percent),
    formatInterval(run.maePx, px),
    `${px(run.valErrorPx)} (mean shape ${px(run.meanShapeErrorPx)})`,
    `${run.epochs}`,
    `${(run.seconds / 60).toFixed(0)} min`,
  ])
  const commands = known.runs.map((run) => `- \`${formatRunCommand(run)}\``)
  writeResults(options.out, 'landmarks', known, [
    '# Landmarks',
    '',
    'Measured by `pnpm landmarks`, and added by `pnpm bench:landmarks --from RUN_FOLDER`. The numbers in parentheses are 95 % confidence intervals over',
    'the test faces, which were not used before the end. NME is normalized by the distance between the outer eye corners. The mean absolute error',
    'and the mean error are in pixels of the original images.',
    `${machineSentence()} That is the machine of the row that was added last; other programs ran beside some of the trainings.`,
    '',
    ...markdownTable(
      [
        'dataset, recipe',
        'network',
        'faces',
        'NME',
        'above 8 %',
        'mean absolute error',
        'mean error',
        'epochs',
        'time',
      ],
      runs,
    ),
    '',
    ...commands,
    '',
    ...(known.endToEnd.length > 0 ? endToEndLines() : []),
    ...(known.peers.length > 0 ? peerLines() : []),
    ...(known.ablation.length > 0 ? ablationLines() : []),
  ])
}

function endToEndLines(): string[] {
  return [
    '## End to end',
    '',
    'Measured by `pnpm bench:landmarks --end-to-end RUN_FOLDER`: the landmarker of the run receives whole images of the common part of 300-W, finds the faces by the detector, and',
    'predicts one view. NME is the mean over the faces found. A missed face, of which no box around predicted points overlaps the box around its target points by more than',
    `${MIN_OVERLAP} (intersection over union), counts as an error above 8 %.`,
    '',
    ...markdownTable(
      ['dataset, recipe', 'faces', 'missed', 'NME', 'above 8 %', 'epochs'],
      known.endToEnd.map((row) => [
        describeLandmarksRun(row),
        `${row.faces}`,
        `${row.missed}`,
        formatInterval(row.nme, percent),
        formatInterval(row.failureRate, percent),
        `${row.epochs}`,
      ]),
    ),
    '',
  ]
}

function peerLines(): string[] {
  return [
    '## The peer',
    '',
    `Measured by \`pnpm bench:landmarks --peer\`: the landmark networks of ${FACE_API}, with the weights that it contains, on the same faces of the common`,
    'part of the 300-W protocol. No detector is used: each network receives a square around the target keypoints. The size and position of the',
    'square were chosen for each network on training faces. (Network `faces` receives leveled crops, the others crops around the detector’s boxes in the dataset.)',
    '',
    ...markdownTable(
      ['net', 'side of the box', 'center', 'NME', 'above 8 %'],
      known.peers.map(({ name, box, nme, failureRate }) => [
        name,
        `${box.scale} of the keypoints’ box`,
        `${percent(box.below)} of its side below`,
        formatInterval(nme, percent),
        formatInterval(failureRate, percent),
      ]),
    ),
    '',
  ]
}

function ablationLines(): string[] {
  const lengths = [...new Set(known.ablation.map((row) => row.epochs))].sort((a, b) => a - b)
  return lengths.flatMap((length) => [
    `## One change at a time, ${length} epochs`,
    '',
    `Measured by \`pnpm bench:landmarks --ablation --epochs ${length}\`: recipe \`faces-small\` with heatmapNet16 at 96 x 96 pixels, trained on nine tenths of the`,
    'training part of the 300-W protocol and evaluated on the images of the last tenth. NME is the mean over the seeds. The difference is that to',
    'the base recipe, in percentage points; a negative difference is better. Other programs ran while training times were measured.',
    '',
    ...markdownTable(
      ['change', 'NME', 'difference', 'seeds', 'time'],
      formatAblation(known.ablation.filter((row) => row.epochs === length)),
    ),
    '',
  ])
}

/** Formats rows of one number of epochs: one table row per change. */
function formatAblation(rows: readonly AblationRow[]): string[][] {
  const base = new Map(rows.filter(({ name }) => name === BASE.name).map(({ seed, nme }) => [seed, nme.value]))
  return CHANGES.flatMap(({ name }) => {
    const repetitions = rows.filter((row) => row.name === name)
    const nme = mean(repetitions.map((row) => row.nme.value))
    const seconds = mean(repetitions.map((row) => row.seconds))
    if (nme === undefined || seconds === undefined) return []
    const differences = repetitions.flatMap((row) => {
      const reference = base.get(row.seed)
      return reference === undefined ? [] : row.nme.value - reference
    })
    const difference = mean(differences) ?? 0
    const sign = difference > 0 ? '+' : ''
    const minutes = (seconds / 60).toFixed(1)
    return [[name, percent(nme), `${sign}${(100 * difference).toFixed(2)}`, `${repetitions.length}`, `${minutes} min`]]
  })
}
