/**
 * Compares networks that start from random weights with those that start from weights of synthetic faces, on iBUG's faces in the wild: ResNet-18 with
 * and without anti-aliasing, by the settings of the course's part 3, in a smaller size. Writes pretraining.json and pretraining.md, and keeps other
 * seeds and sizes in them.
 *
 * Usage: pnpm bench:pretraining [--size 64] [--epochs 8] [--faces 1104] [--synthetic 4000] [--seeds 1,2,3] [--data DIR] [--runs DIR] [--out DIR]
 *
 * Errors are those of a held-out tenth of the training images: nothing here is chosen or measured on test faces. A training's folder stays in
 * --runs (default runs/pretraining), where the next call continues it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseBackend, useBackend } from '@facekp/backend'
import { type Dataset, randomStream, shuffleIndices, subset } from '@facekp/core'
import { writeIbugFolder } from '@facekp/data-synthetic/node'
import { part3Recipes, type Recipe, selectRecipe } from '@facekp/recipes'
import { type FaceSplits, fit, holdOut, loadFaces, readRunErrors } from '@facekp/recipes/node'
import * as z from 'zod'
import { readFinishedRun, requireFinished } from './lib/finished-run.ts'
import { countOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { mean } from './lib/peer.ts'
import { listPretrainingCommands } from './lib/pretraining-command.ts'
import { namePretrainingFolder } from './lib/pretraining-folder.ts'
import { formatInterval, machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  size: countOption.default(64),
  epochs: countOption.default(8),
  faces: countOption.default(1104),
  synthetic: countOption.default(4000),
  seeds: seedsOption.prefault('1,2,3'),
  data: z.string().optional(),
  runs: z.string().default(join('runs', 'pretraining')),
  out: outOption,
})
const { size, epochs, faces, synthetic, runs } = options

const trainingSchema = z.object({
  size: z.number(),
  epochs: z.number(),
  /** Real faces that it was trained on; none if it only saw synthetic ones. */
  faces: z.number(),
  /** Synthetic faces that its first weights were trained on; none if they are random. */
  synthetic: z.number(),
  antialias: z.boolean(),
  seed: z.number(),
  errorPx: z.number(),
  nme: z.number(),
  meanShapeErrorPx: z.number(),
  heldOut: z.number(),
  seconds: z.number(),
})
type Training = z.infer<typeof trainingSchema>

const file = join(options.out, 'pretraining.json')
let trainings: readonly Training[] = existsSync(file)
  ? z.object({ trainings: z.array(trainingSchema) }).parse(JSON.parse(readFileSync(file, 'utf8'))).trainings
  : []

await useBackend('onnx')
const drawn = join(runs, `synthetic-${synthetic}`)
if (!existsSync(drawn)) {
  console.log(`draws ${synthetic} synthetic faces`)
  await writeIbugFolder(drawn, { seed: 1, train: synthetic, test: 1, width: 320, height: 240 })
}
for (const seed of options.seeds) {
  for (const antialias of [false, true]) {
    const name = antialias ? 'antialiased' : 'plain'
    // The weights are the same for each seed: only what follows is repeated.
    const pretrained = await train({ name: `${name}-synthetic`, antialias, seed: 1, onSynthetic: true })
    await train({ name: `${name}-random`, antialias, seed })
    await train({ name: `${name}-pretrained`, antialias, seed, weights: join(pretrained, 'model') })
    if (seed !== options.seeds[0]) continue
    // As many images as the pretrained network has seen, all of them real.
    const longer = Math.round((epochs * (synthetic + faces)) / faces)
    await train({ name: `${name}-longer`, antialias, seed, numEpochs: longer })
  }
}
await releaseBackend()

interface Variant {
  readonly name: string
  readonly antialias: boolean
  readonly seed: number
  readonly onSynthetic?: boolean
  readonly weights?: string
  readonly numEpochs?: number
}

/** Trains a network, or reads a finished training; returns its folder. */
async function train(variant: Variant): Promise<string> {
  const { name, antialias, seed, onSynthetic = false, weights, numEpochs = epochs } = variant
  const folder = namePretrainingFolder({
    ...{ name, size, seed, epochs: numEpochs },
    faces: onSynthetic ? synthetic : faces,
    synthetic: weights === undefined ? 0 : synthetic,
  })
  const out = join(runs, folder)
  const recipe = createRecipe(antialias, numEpochs)
  let summary = await readFinishedRun(out)
  if (summary === undefined) {
    console.log(`\n${name}, seed ${seed}`)
    const splits = await loadSplits(recipe, onSynthetic)
    const result = await fit({ ...splits, recipe, recipeName: name, seed, out, weights, resume: true })
    result.model.dispose()
    summary = result.summary
    requireFinished(summary)
  }
  const { nme, valErrorPx, meanShapeErrorPx, seconds } = summary
  const heldOut = (await readRunErrors(out)).faces.length
  const counts = { faces: onSynthetic ? 0 : faces, synthetic: onSynthetic || weights !== undefined ? synthetic : 0 }
  const settings = { size, epochs: numEpochs, ...counts, antialias, seed }
  add({ ...settings, errorPx: valErrorPx, nme: nme?.value ?? Number.NaN, meanShapeErrorPx, heldOut, seconds })
  return out
}

/** Returns the course's recipe for ResNet-18, with as much of the training at each learning rate as in the course. */
function createRecipe(antialias: boolean, numEpochs: number): Recipe {
  const course = selectRecipe(part3Recipes, { recipe: 'course', arch: 'resnet18', antialias, size, epochs: numEpochs })
  const milestone = Math.max(1, Math.round(numEpochs / 2))
  return { ...course, learningRate: { kind: 'step', learningRate: 5e-4, milestones: [milestone], factor: 0.2 } }
}

/** Loads some real faces or the synthetic ones, and the real ones that are held out. */
async function loadSplits(recipe: Recipe, onSynthetic: boolean): Promise<FaceSplits> {
  const real = holdOut(await loadFaces('dlib', { data: options.data, crop: recipe.cachedCrop }))
  if (!onSynthetic) return { ...real, train: drawFaces(real.train) }
  const { train: drawnFaces } = await loadFaces('dlib', { data: drawn, crop: recipe.cachedCrop })
  return { ...real, train: drawnFaces }
}

/** Selects some of the faces, the same ones for all trainings. */
function drawFaces(dataset: Dataset): Dataset {
  return subset(dataset, shuffleIndices(dataset.length, randomStream({ seed: 0, purpose: 'faces' })).slice(0, faces))
}

function add(training: Training): void {
  const key = ({ size, epochs, faces, synthetic, antialias, seed }: Training): string =>
    [size, antialias, faces, epochs, synthetic, seed].join()
  trainings = [...trainings.filter((other) => key(other) !== key(training)), training].sort((a, b) =>
    key(a).localeCompare(key(b), 'en', { numeric: true }),
  )
  write()
}

function write(): void {
  const { heldOut, meanShapeErrorPx } = trainings.find((training) => training.faces > 0) ?? (trainings[0] as Training)
  const groups = groupBy(trainings, (training) => `${training.size} x ${training.size} pixels`)
  const commands = listPretrainingCommands(trainings).map((command) => `\`${command}\``)
  writeResults(options.out, 'pretraining', { trainings }, [
    '# Pretraining on synthetic faces',
    '',
    'Does a network that first learns from synthetic faces find the points of real faces better? Measured by',
    `${commands.join(', ')} on backend onnx,`,
    'with all cores: ResNet-18, gray images of iBUG 300-W, settings of the course’s part 3 (Adam, mean squared error, rotations and brightness; 5e-4, and',
    '1e-4 in the second half). Errors are mean distances of points in pixels of the original images, and NME by the distance of the outer eye corners, over',
    `a tenth of the training images that is held out (${heldOut} faces); the mean shape of real faces has ${meanShapeErrorPx.toFixed(1)} px.`,
    'In parentheses: the smallest and the largest value of the seeds. Before, a pretrained network has seen the synthetic faces for as many epochs (seed 1);',
    'the networks with more epochs have seen as many images as both, all of them real.',
    '',
    machineSentence(),
    '',
    'Not measured: ResNet-50, 240 x 240 pixels, 40 epochs, and weights of ImageNet, as in the course.',
    ...[...groups].flatMap(([title, members]) => ['', `## ${title}`, '', ...formatTable(members)]),
    '',
  ])
}

function formatTable(members: readonly Training[]): string[] {
  const rows = groupBy(members, ({ antialias, synthetic: count, faces: real, epochs: numEpochs }) =>
    [antialias, count, real, numEpochs].join(),
  )
  return markdownTable(
    ['network', 'starts from', 'real faces', 'epochs', 'seeds', 'mean error', 'NME', 'time of a training'],
    [...rows.values()].map((group) => {
      const { antialias, synthetic: count, faces: real, epochs: numEpochs } = group[0] as Training
      return [
        antialias ? 'anti-aliased' : 'plain',
        real === 0 || count === 0 ? 'random weights' : `${count} synthetic faces`,
        real === 0 ? `none: ${count} synthetic faces` : `${real}`,
        `${numEpochs}`,
        group.map(({ seed }) => seed).join(', '),
        formatSpread(
          group.map(({ errorPx }) => errorPx),
          (value) => `${value.toFixed(2)} px`,
        ),
        formatSpread(
          group.map(({ nme }) => nme),
          (value) => `${(100 * value).toFixed(2)} %`,
        ),
        `${Math.round(mean(group.map(({ seconds }) => seconds)) ?? 0)} s`,
      ]
    }),
  )
}

function formatSpread(values: readonly number[], format: (value: number) => string): string {
  const value = mean(values) ?? Number.NaN
  if (values.length === 1) return format(value)
  return formatInterval({ value, low: Math.min(...values), high: Math.max(...values) }, format)
}

function groupBy<Item>(items: readonly Item[], getKey: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = getKey(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}
