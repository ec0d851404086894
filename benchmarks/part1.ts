/**
 * Compares part 1 of the course with the same recipe in PyTorch, in turn, on the same faces: error, training time, and the time of a
 * training step of ResNet-18. Writes part1.json and part1.md.
 *
 * Usage: pnpm bench:part1 [--data DIR] [--seeds 1,2,3] [--epochs N] [--out DIR]
 * Without PyTorch (python3-torch, python3-torchvision, python3-pil and libopenblas0) its column says "not measured".
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { releaseBackend, useBackend } from '@facekp/backend'
import { part1Recipes, selectNose } from '@facekp/recipes'
import { fit } from '@facekp/recipes/node'
import * as z from 'zod'
import { requireFinished } from './lib/finished-run.ts'
import { loadImmFaces, requireImm } from './lib/imm-faces.ts'
import { countOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { findPython, medianOrNone, requireFastBlas, runJson } from './lib/peer.ts'
import { formatMeasured, formatRatio, machineSentence, markdownTable, writeResults } from './lib/results.ts'

const STEPS = 5

const options = parseOptions({
  data: z.string().optional(),
  seeds: seedsOption.prefault('1,2,3'),
  epochs: countOption.optional(),
  out: outOption,
})
const data = requireImm(options.data)
const python = findPython(['torch', 'torchvision', 'PIL'])
if (python) requireFastBlas(python)
const resolvePath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const trainingSchema = z.object({ valErrorPx: z.number(), seconds: z.number(), meanShapeErrorPx: z.number() })
const stepSchema = z.object({ medianSeconds: z.number() })
type Training = z.infer<typeof trainingSchema>

async function trainFacekp(recipeName: 'course' | 'tuned', seed: number, out: string): Promise<Training> {
  const recipe = part1Recipes[recipeName]
  const { model, summary } = await fit({
    ...(await loadImmFaces(data, recipe, selectNose)),
    recipe: { ...recipe, epochs: options.epochs ?? recipe.epochs },
    seed,
    out: join(out, `${recipeName}-${seed}`),
  })
  model.dispose()
  requireFinished(summary)
  return trainingSchema.parse(summary)
}

function trainPyTorch(seed: number): Training | undefined {
  if (!python) return undefined
  const epochs = String(options.epochs ?? part1Recipes.course.epochs)
  const args = ['--data', data, '--recipe', 'course', '--seed', `${seed}`, '--epochs', epochs, '--threads', '1']
  return trainingSchema.parse(runJson(python, [resolvePath('part1_pytorch.py'), ...args]))
}

/** Runs in a new process: the memory of a training would slow it down. */
function timeFacekpStep(): number {
  const program = ['--import', 'tsx', '--conditions=@facekp/source', resolvePath('resnet18-step.ts')]
  return stepSchema.parse(runJson(process.execPath, [...program, '--backend', 'wasm', '--steps', String(STEPS)]))
    .medianSeconds
}

function timePyTorchStep(): number | undefined {
  if (!python) return undefined
  const args = [resolvePath('part1_pytorch.py'), '--step-resnet18', '8', String(STEPS)]
  return stepSchema.parse(runJson(python, args)).medianSeconds
}

await useBackend('wasm')
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const course: { seed: number; facekp: Training; pytorch: Training | undefined }[] = []
for (const seed of options.seeds) {
  course.push({ seed, facekp: await trainFacekp('course', seed, scratch), pytorch: trainPyTorch(seed) })
}
const tuned: { seed: number; facekp: Training }[] = []
for (const seed of options.seeds) tuned.push({ seed, facekp: await trainFacekp('tuned', seed, scratch) })
await releaseBackend()
rmSync(scratch, { recursive: true })
const step = { facekp: timeFacekpStep(), pytorch: timePyTorchStep() }

type Field = 'valErrorPx' | 'seconds'
const computeMedian = (trainings: readonly (Training | undefined)[], field: Field): number | undefined =>
  medianOrNone(trainings.flatMap((training) => training?.[field] ?? []))
const courseFacekp = course.map(({ facekp }) => facekp)
const coursePyTorch = course.map(({ pytorch }) => pytorch)
const tunedFacekp = tuned.map(({ facekp }) => facekp)
const formatRow = (name: string, unit: string, facekp: number | undefined, pytorch?: number | undefined): string[] => [
  name,
  formatMeasured(facekp, unit),
  formatMeasured(pytorch, unit),
  formatRatio(facekp, pytorch),
]
writeResults(options.out, 'part1', { course, tuned, step }, [
  '# Part 1: the nose point',
  '',
  `Measured by \`pnpm bench:part1\`. The numbers are medians over seeds ${options.seeds.join(', ')}; facekp (backend wasm) and PyTorch run in turn, with one thread`,
  `each. Errors are in pixels of the 640 x 480 originals, over the 48 images of people 33-40. The mean shape baseline has an error of ${courseFacekp[0]?.meanShapeErrorPx.toFixed(1)} px.`,
  machineSentence(),
  '',
  ...markdownTable(
    ['measured', 'facekp', 'PyTorch', 'ratio'],
    [
      formatRow(
        'validation error, recipe `course`',
        'px',
        computeMedian(courseFacekp, 'valErrorPx'),
        computeMedian(coursePyTorch, 'valErrorPx'),
      ),
      formatRow(
        `training time of its ${options.epochs ?? part1Recipes.course.epochs} epochs`,
        's',
        computeMedian(courseFacekp, 'seconds'),
        computeMedian(coursePyTorch, 'seconds'),
      ),
      formatRow('validation error, recipe `tuned`', 'px', computeMedian(tunedFacekp, 'valErrorPx')),
      formatRow('training time, recipe `tuned`', 's', computeMedian(tunedFacekp, 'seconds')),
      formatRow('training step of ResNet-18 (240x240x1, batch 8)', 's', step.facekp, step.pytorch),
    ],
  ),
  '',
])
