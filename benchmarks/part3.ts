/**
 * Measures part 3 of the course: errors and time of the tuned recipe, and an estimate of the time of the course's recipe. Writes part3.json and
 * part3.md, and keeps the results of other networks, sizes, first weights and seeds in them.
 *
 * Usage: pnpm bench:part3 [--data DIR] [--seeds 1] [--only tuned|course] [--epochs N] [--from RUN_FOLDER] [--runs DIR] [--out DIR]
 *
 * A training takes more than an hour. Its folder stays in --runs (default runs), where the next call resumes it. --from reads the results
 * of a run of `pnpm part3` on this machine. At its own size, the course's recipe takes most of a day on a processor: only a few of its steps
 * are timed.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseBackend, useBackend } from '@facekp/backend'
import { readIbug } from '@facekp/data-ibug/node'
import { createModel } from '@facekp/models'
import { loadModel } from '@facekp/models/node'
import { type MetricInterval, part3Recipes } from '@facekp/recipes'
import { findIbug, fit, loadFaces, readRunErrors, readRunSummary } from '@facekp/recipes/node'
import * as tf from '@tensorflow/tfjs'
import * as z from 'zod'
import { requireFinished } from './lib/finished-run.ts'
import { countOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { formatInterval, machineSentence, markdownTable, writeResults } from './lib/results.ts'
import { createTrainingStep } from './lib/training-step.ts'

const STEPS = 3

const interval: z.ZodType<MetricInterval> = z.object({ value: z.number(), low: z.number(), high: z.number() })
const runSchema = z.object({
  recipe: z.string(),
  backend: z.string(),
  seed: z.number(),
  epochs: z.number(),
  interrupted: z.literal(false, 'expected a finished run'),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  meanShapeErrorPx: z.number(),
  valErrorPx: z.number(),
  maePx: interval,
  nme: interval,
  failureRate: interval,
  network: z.string(),
  antialias: z.boolean(),
  size: z.number(),
  weights: z.string().default('none'),
  parameters: z.number(),
  testFaces: z.number(),
  machine: z.string(),
})
const courseSchema = z.object({
  secondsPerImage: z.number(),
  batch: z.number(),
  steps: z.number(),
  trainFaces: z.number(),
  machine: z.string(),
})
const resultsSchema = z.object({ runs: z.array(runSchema), course: courseSchema.optional() })
type Run = z.infer<typeof runSchema>
type Course = z.infer<typeof courseSchema>

const options = parseOptions({
  data: z.string().optional(),
  seeds: seedsOption.prefault('1'),
  only: z.enum(['tuned', 'course']).optional(),
  epochs: countOption.optional(),
  from: z.string().optional(),
  runs: z.string().default('runs'),
  out: outOption,
})
const data = options.data ?? findIbug()
const file = join(options.out, 'part3.json')
const results = existsSync(file) ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : { runs: [] }

await useBackend('onnx')
if (options.only !== 'course') {
  if (options.from !== undefined) addRun(await readRun(options.from))
  else for (const seed of options.seeds) addRun(await trainTuned(seed))
}
if (options.only !== 'tuned') {
  results.course = await timeCourseSteps()
  write()
}
await releaseBackend()

function addRun(run: Run): void {
  const others = results.runs.filter((other) => formatCommand(other) !== formatCommand(run))
  results.runs = [...others, run].sort((a, b) => formatCommand(a).localeCompare(formatCommand(b), 'en'))
  write()
}

async function trainTuned(seed: number): Promise<Run> {
  const out = join(options.runs, `bench-part3-${seed}`)
  const recipe = part3Recipes.tuned
  const { model, summary } = await fit({
    ...(await loadFaces('dlib', { data, crop: recipe.cachedCrop })),
    recipe: { ...recipe, epochs: options.epochs ?? recipe.epochs },
    recipeName: 'tuned',
    seed,
    out,
    resume: true,
  })
  model.dispose()
  requireFinished(summary)
  return readRun(out)
}

async function readRun(folder: string): Promise<Run> {
  const summary = await readRunSummary(folder)
  const errors = await readRunErrors(folder)
  const model = await loadModel(join(folder, 'model'))
  return runSchema.parse({
    ...summary,
    network: model.name,
    antialias: model.layers.some((layer) => layer.getClassName() === 'MaxBlurPool2D'),
    size: model.inputs[0]?.shape[1],
    weights: summary.settings['weights'],
    parameters: model.countParams(),
    testFaces: errors?.faces.length,
    machine: machineSentence(),
  })
}

/** Times steps of the course's recipe on random images: forward, backward and Adam. */
async function timeCourseSteps(): Promise<Course> {
  const { batchSize: batch, size } = part3Recipes.course
  const side = size as number
  const trainFaces = (await readIbug(data)).train.length
  const model = createModel('resnet50', { antialias: { filterSize: 4 }, inputSize: side })
  const step = createTrainingStep(model, batch)
  const images = tf.randomUniform([batch, side, side, 1], -0.5, 0.5, 'float32', 1)
  const seconds: number[] = []
  for (let number = 0; number <= STEPS; number++) {
    const start = performance.now()
    await step(images)
    const elapsed = (performance.now() - start) / 1000
    console.error(`step ${number}${number === 0 ? ' (warm-up)' : ''}: ${elapsed.toFixed(1)} s`)
    if (number > 0) seconds.push(elapsed)
  }
  // The minimum: other programs only lengthen steps.
  return { secondsPerImage: Math.min(...seconds) / batch, batch, steps: STEPS, trainFaces, machine: machineSentence() }
}

function write(): void {
  writeResults(options.out, 'part3', results, [
    '# Part 3: faces in the wild',
    '',
    'Measured by `pnpm bench:part3`. Errors are in pixels of the original images, over the test faces of dlib’s split. Times include whatever else',
    'the machine did.',
    '',
    ...(results.runs.length > 0 ? formatRuns(results.runs) : []),
    ...('course' in results && results.course ? formatCourse(results.course) : []),
  ])
}

function formatRuns(runs: readonly Run[]): string[] {
  const px = (value: number): string => `${value.toFixed(2)} px`
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`
  const rows = runs.map((run) => [
    `\`${run.recipe}\`, seed ${run.seed}`,
    `${run.network}${run.antialias ? ', anti-aliased' : ''}${run.weights === 'none' ? '' : ', pretrained'}, ${run.size} px`,
    formatInterval(run.maePx, px),
    formatInterval(run.nme, percent),
    formatInterval(run.failureRate, percent),
    px(run.valErrorPx),
    px(run.meanShapeErrorPx),
    `${run.epochs}`,
    `${run.seconds.toFixed(0)} s`,
    run.imagesPerSecond.toFixed(1),
  ])
  const head =
    'recipe,network,mean absolute error,NME (interocular),faces above 8 %,mean error,mean shape baseline,epochs,time,images per second'
  return [
    ...markdownTable(head.split(','), rows),
    '',
    'The numbers in parentheses are 95 % confidence intervals over the faces. The commands are:',
    '',
    ...runs.map(
      (run) => `- ${run.testFaces} test faces, ${run.parameters} parameters: \`${formatCommand(run)}\`. ${run.machine}`,
    ),
    '',
  ]
}

function formatCommand(run: Run): string {
  const { recipe, network, antialias, size, epochs, weights, seed, backend } = run
  const flags = [antialias ? ' --antialias' : '', weights === 'none' ? '' : ` --weights ${weights}`]
  return `pnpm part3 --recipe ${recipe} --arch ${network}${flags.join('')} --size ${size} --epochs ${epochs} --seed ${seed} --backend ${backend}`
}

function formatCourse({ secondsPerImage, batch, steps, trainFaces, machine }: Course): string[] {
  const { epochs, size } = part3Recipes.course
  const days = (secondsPerImage * trainFaces * epochs) / 86_400
  return [
    `At its own size, ${size} x ${size} pixels, recipe \`course\` was not trained. There, a step of its anti-aliased ResNet-50 (batches of ${batch}) takes ${secondsPerImage.toFixed(2)} s per image: the`,
    `shortest of ${steps} steps on backend onnx, without reading and augmentation. By this estimate, ${epochs} epochs of ${trainFaces} faces would take ${days.toFixed(1)} days. ${machine}`,
    '',
  ]
}
