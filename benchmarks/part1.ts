/**
 * Part 1 of the course against the same recipe in PyTorch, in turn, on the same faces: error, time of training, and the
 * time of a training step of ResNet-18. Writes part1.json and part1.md beside this file.
 *
 * Usage: pnpm bench:part1 [--data DIR]
 * Without PyTorch (python3-torch, python3-torchvision, python3-pil) its columns say "not measured".
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findImm } from '@facekp/recipes/node'
import { z } from 'zod'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { jsonFrom, median, pythonWithTorch } from './lib/peer.ts'

const SEEDS = [1, 2, 3]
const STEPS = 5
const RUN = ['--import', 'tsx', '--conditions=@facekp/source']

const summarySchema = z.object({ valErrorPx: z.number(), seconds: z.number(), meanShapeErrorPx: z.number() })
const stepSchema = z.object({ medianSeconds: z.number() })

const { values } = parseArgs({ options: { data: { type: 'string' } } })
const data = values.data ?? findImm()
if (data === undefined) throw new Error('bench:part1 needs the IMM Face Database: name its folder with --data')

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const python = pythonWithTorch()

function facekp(recipe: string, seed: number): z.infer<typeof summarySchema> {
  const out = join(scratch, `${recipe}-${seed}`)
  const args = ['--data', data as string, '--recipe', recipe, '--seed', String(seed), '--backend', 'wasm', '--out', out]
  execFileSync(process.execPath, [...RUN, here('../examples/part1-nose.ts'), ...args], { stdio: 'inherit' })
  return summarySchema.parse(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')))
}

function pytorch(recipe: string, seed: number): z.infer<typeof summarySchema> | undefined {
  if (!python) return undefined
  const args = [
    '--data',
    data as string,
    '--recipe',
    recipe,
    '--seed',
    String(seed),
    '--epochs',
    '20',
    '--threads',
    '1',
  ]
  return summarySchema.parse(jsonFrom(python, [here('part1_pytorch.py'), ...args]))
}

const course = SEEDS.map((seed) => ({ seed, facekp: facekp('course', seed), pytorch: pytorch('course', seed) }))
const tuned = SEEDS.map((seed) => ({ seed, facekp: facekp('tuned', seed) }))
const step = {
  facekp: stepSchema.parse(jsonFrom(process.execPath, [...RUN, here('resnet18-step.ts'), 'wasm', String(STEPS)]))
    .medianSeconds,
  pytorch: python
    ? stepSchema.parse(jsonFrom(python, [here('part1_pytorch.py'), '--step-resnet18', '8', String(STEPS)]))
        .medianSeconds
    : undefined,
}
rmSync(scratch, { recursive: true })

type Run = { facekp: z.infer<typeof summarySchema>; pytorch?: z.infer<typeof summarySchema> | undefined }
const figure = (runs: readonly Run[], side: keyof Run, field: 'valErrorPx' | 'seconds'): number | undefined => {
  const found = runs.flatMap((run) => run[side]?.[field] ?? [])
  return found.length > 0 ? median(found) : undefined
}
const cell = (value: number | undefined, unit: string): string =>
  value === undefined ? 'not measured' : `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`
const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? '' : (a / b).toFixed(2)
const row = (what: string, ours: number | undefined, theirs: number | undefined, unit: string): string =>
  `| ${what} | ${cell(ours, unit)} | ${cell(theirs, unit)} | ${ratio(ours, theirs)} |`

const lines = [
  '# Part 1: the nose point',
  '',
  'Made by `pnpm bench:part1`. Medians over seeds 1, 2 and 3, facekp and PyTorch run in turn, one thread each, facekp on backend wasm.',
  `Errors in pixels of the 640 x 480 originals over the 48 pictures of people 33-40; the mean shape errs by ${course[0]?.facekp.meanShapeErrorPx.toFixed(1)} px.`,
  machineSentence(),
  '',
  '| what | facekp | PyTorch | ratio |',
  '|---|---|---|---|',
  row(
    'validation error, recipe `course`',
    figure(course, 'facekp', 'valErrorPx'),
    figure(course, 'pytorch', 'valErrorPx'),
    'px',
  ),
  row('time of its 20 epochs', figure(course, 'facekp', 'seconds'), figure(course, 'pytorch', 'seconds'), 's'),
  row('validation error, recipe `tuned`', figure(tuned, 'facekp', 'valErrorPx'), undefined, 'px'),
  row('time of its training', figure(tuned, 'facekp', 'seconds'), undefined, 's'),
  row('training step of ResNet-18 (240x240x1, batch 8)', step.facekp, step.pytorch, 's'),
  '',
]
writeFigures('part1', { course, tuned, step }, lines)
