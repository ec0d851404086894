/**
 * Part 3 of the course: errors and time of the tuned recipe, and how long the course's recipe would take. Writes part3.json and part3.md
 * beside this file; what stands there of other seeds is kept.
 *
 * Usage: pnpm bench:part3 [--data DIR] [--seeds 1] [--only tuned|course] [--resume] [--from RUN_FOLDER]
 *
 * A training takes an hour and more: its checkpoints stay in runs/bench-part3-SEED, from which --resume goes on, and --from takes the
 * figures of one that `pnpm part3` has done on this machine. Of the course's recipe, which is out of reach of a processor, a few steps
 * are timed.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { releaseBackend, useBackend } from '@facekp/backend'
import { parseSubmission } from '@facekp/data-ibug'
import { readIbug } from '@facekp/data-ibug/node'
import { createModel } from '@facekp/models'
import { loadModel } from '@facekp/models/node'
import { findIbug } from '@facekp/recipes/node'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { trainingStep } from './lib/training-step.ts'

const RUN = ['--import', 'tsx', '--conditions=@facekp/source']
/** Of the course's recipe. */
const COURSE = { arch: 'resnet50', antialias: { filterSize: 4 }, inputSize: 240, batch: 16, epochs: 40 } as const
const STEPS = 3

/** A figure with the ends of its 95 % interval. */
const interval = z.tuple([z.number(), z.number(), z.number()])
const summarySchema = z.object({
  recipe: z.string(),
  backend: z.string(),
  seed: z.number(),
  epochs: z.number(),
  interrupted: z.literal(false, 'the run has not come to its end'),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  meanShapeErrorPx: z.number(),
  valErrorPx: z.number(),
  maePx: interval,
  nme: interval,
  failureRate: interval,
})
const runSchema = summarySchema.extend({
  network: z.string(),
  antialias: z.boolean(),
  size: z.number(),
  parameters: z.number(),
  testFaces: z.number(),
})
const courseSchema = z.object({
  secondsAnImage: z.number(),
  batch: z.number(),
  steps: z.number(),
  trainFaces: z.number(),
})
const knownSchema = z.object({ runs: z.array(runSchema), course: courseSchema.optional() })
type Run = z.infer<typeof runSchema>
type Known = z.infer<typeof knownSchema>

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string' },
    resume: { type: 'boolean', default: false },
    from: { type: 'string' },
  },
})
const seeds = z.array(z.coerce.number().int()).parse(values.seeds.split(','))
const only = z.enum(['tuned', 'course']).optional().parse(values.only)

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
let known: Known = existsSync(here('part3.json'))
  ? knownSchema.parse(JSON.parse(readFileSync(here('part3.json'), 'utf8')))
  : { runs: [] }

if (only !== 'course') {
  if (values.from !== undefined) keep(await runIn(values.from))
  else for (const seed of seeds) keep(await tuned(seed))
}
if (only !== 'tuned') {
  known = { ...known, course: await courseSteps() }
  write(known)
}

function keep(run: Run): void {
  const others = known.runs.filter(({ recipe, seed }) => recipe !== run.recipe || seed !== run.seed)
  known = { ...known, runs: [...others, run].sort((a, b) => a.seed - b.seed) }
  write(known)
}

function tuned(seed: number): Promise<Run> {
  const out = here(`../runs/bench-part3-${seed}`)
  const args = [
    '--data',
    values.data ?? findIbug(),
    '--recipe',
    'tuned',
    '--seed',
    `${seed}`,
    '--backend',
    'onnx',
    '--out',
    out,
  ]
  const program = [...RUN, here('../examples/part3-ibug.ts'), ...args, ...(values.resume ? ['--resume'] : [])]
  execFileSync(process.execPath, program, { stdio: 'inherit' })
  return runIn(out)
}

/** What the folder of a run tells. */
async function runIn(folder: string): Promise<Run> {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const summary = summarySchema.parse(JSON.parse(read('summary.json')))
  const model = await loadModel(join(folder, 'model'))
  return {
    ...summary,
    network: model.name,
    antialias: model.layers.some((layer) => layer.getClassName() === 'MaxBlurPool2D'),
    size: model.inputs[0]?.shape[1] as number,
    parameters: model.countParams(),
    testFaces: parseSubmission(read('submission.csv')).length,
  }
}

/** Times steps of the course's recipe: forward, backward and Adam, on pictures that are there already. */
async function courseSteps(): Promise<z.infer<typeof courseSchema>> {
  const { arch, batch, epochs: _, ...options } = COURSE
  const trainFaces = (await readIbug(values.data ?? findIbug())).train.length
  await useBackend('onnx')
  const step = trainingStep(createModel(arch, options), batch)
  const images = tf.randomUniform([batch, options.inputSize, options.inputSize, 1], -0.5, 0.5, 'float32', 1)
  const seconds: number[] = []
  for (let number = 0; number <= STEPS; number++) {
    const start = performance.now()
    await step(images)
    const taken = (performance.now() - start) / 1000
    console.error(`step ${number}${number === 0 ? ' (not counted)' : ''}: ${taken.toFixed(1)} s`)
    if (number > 0) seconds.push(taken)
  }
  await releaseBackend()
  // The shortest, since other programs only lengthen them.
  return { secondsAnImage: Math.min(...seconds) / batch, batch, steps: STEPS, trainFaces }
}

function write({ runs, course }: Known): void {
  const px = (value: number): string => `${value.toFixed(2)} px`
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`
  const between = ([value, low, high]: z.infer<typeof interval>, told: (value: number) => string): string =>
    `${told(value)} (${told(low)} to ${told(high)})`
  const row = (run: Run): string =>
    `| ${[
      `\`${run.recipe}\`, seed ${run.seed}`,
      between(run.maePx, px),
      between(run.nme, percent),
      between(run.failureRate, percent),
      px(run.valErrorPx),
      px(run.meanShapeErrorPx),
      run.epochs,
      `${run.seconds.toFixed(0)} s`,
      run.imagesPerSecond.toFixed(1),
    ].join(' | ')} |`
  const network = (run: Run): string =>
    `- seed ${run.seed}, ${run.testFaces} test faces, ${run.parameters} parameters: \`pnpm part3 --recipe ${run.recipe} --arch ${run.network}${run.antialias ? ' --antialias' : ''} --size ${run.size} --epochs ${run.epochs} --seed ${run.seed} --backend ${run.backend}\``
  const runLines = [
    '| recipe | mean absolute error | NME, inter-ocular | faces above 8 % | mean distance | that of the mean shape | epochs | time | images a second |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...runs.map(row),
    '',
    'In brackets the 95 % interval over the faces. The commands:',
    '',
    ...runs.map(network),
    '',
  ]
  const lines = [
    '# Part 3: faces in the wild',
    '',
    'Made by `pnpm bench:part3`, with all cores. Errors are in pixels of the original pictures, over the test faces of dlib’s split.',
    machineSentence(),
    '',
    ...(runs.length > 0 ? runLines : []),
    ...(course ? courseLines(course) : []),
  ]
  writeFigures('part3', { runs, course }, lines)
}

function courseLines({ secondsAnImage, batch, steps, trainFaces }: z.infer<typeof courseSchema>): string[] {
  const { epochs, inputSize } = COURSE
  const days = (secondsAnImage * trainFaces * epochs) / 86_400
  return [
    `Recipe \`course\` was not trained: a step of its anti-aliased ResNet-50 (${inputSize} x ${inputSize} pixels, batches of ${batch}) takes`,
    `${secondsAnImage.toFixed(2)} s an image, the shortest of ${steps} steps on backend onnx, without reading and augmentation. For ${epochs} epochs of`,
    `${trainFaces} faces that would be ${days.toFixed(1)} days: reckoned from those steps, not measured.`,
    '',
  ]
}
