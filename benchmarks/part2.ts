/**
 * Part 2 of the course against the same recipe in PyTorch, in turn, on the same faces: error over all 58 points and time of
 * training; and the tuned recipe. Writes part2.json and part2.md beside this file after each training; what stands there of other
 * seeds and trainings is kept.
 *
 * Usage: pnpm bench:part2 [--data DIR] [--seeds 1,2,3] [--only course|pytorch|tuned]
 * Without PyTorch (python3-torch, python3-torchvision, python3-pil) its column says "not measured".
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findImm } from '@facekp/recipes/node'
import { z } from 'zod'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { jsonFrom, machine, mean, pythonWithTorch } from './lib/peer.ts'

const RUN = ['--import', 'tsx', '--conditions=@facekp/source']

const figures = { valErrorPx: z.number(), seconds: z.number(), meanShapeErrorPx: z.number() }
const summarySchema = z.object({ ...figures, epochs: z.number(), partErrorsPx: z.record(z.string(), z.number()) })
const peerSchema = z.object(figures)
/** What is known of a seed. */
const seedSchema = z.object({
  seed: z.number(),
  course: summarySchema.optional(),
  pytorch: peerSchema.optional(),
  tuned: summarySchema.optional(),
})
type Seed = z.infer<typeof seedSchema>
type Training = Exclude<keyof Seed, 'seed'>
const TRAININGS: readonly Training[] = ['course', 'pytorch', 'tuned']

const { values } = parseArgs({
  options: { data: { type: 'string' }, seeds: { type: 'string', default: '1,2,3' }, only: { type: 'string' } },
})
const data = values.data ?? findImm()
if (data === undefined) throw new Error('bench:part2 needs the IMM Face Database: name its folder with --data')
const wanted = z.array(z.coerce.number().int()).parse(values.seeds.split(','))
const trainings = values.only === undefined ? TRAININGS : [z.enum(TRAININGS).parse(values.only)]

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const python = pythonWithTorch()

function facekp(recipe: string, seed: number): z.infer<typeof summarySchema> {
  const out = join(scratch, `${recipe}-${seed}`)
  const args = ['--data', data as string, '--recipe', recipe, '--seed', String(seed), '--backend', 'onnx', '--out', out]
  execFileSync(process.execPath, [...RUN, here('../examples/part2-face.ts'), ...args], { stdio: 'inherit' })
  return summarySchema.parse(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')))
}

function pytorch(seed: number): z.infer<typeof peerSchema> | undefined {
  if (!python) return undefined
  const args = ['--data', data as string, '--seed', String(seed), '--threads', String(machine()['cores'])]
  return peerSchema.parse(jsonFrom(python, [here('part2_pytorch.py'), ...args]))
}

const known = existsSync(here('part2.json')) ? JSON.parse(readFileSync(here('part2.json'), 'utf8')) : { seeds: [] }
const seeds = new Map<number, Seed>(
  z
    .object({ seeds: z.array(seedSchema) })
    .parse(known)
    .seeds.map((seed) => [seed.seed, seed]),
)
for (const seed of wanted) {
  for (const training of trainings) {
    const measured = training === 'pytorch' ? pytorch(seed) : facekp(training, seed)
    seeds.set(seed, { ...(seeds.get(seed) ?? { seed }), [training]: measured })
    write([...seeds.values()].sort((a, b) => a.seed - b.seed))
  }
}
rmSync(scratch, { recursive: true })

function write(all: readonly Seed[]): void {
  const found = <Name extends Training>(training: Name) => all.flatMap((seed) => seed[training] ?? [])
  /** Means; of times the shortest, since other programs only lengthen them. */
  const figure = (training: Training, field: keyof typeof figures): number | undefined => {
    const all = found(training).map((run) => run[field])
    return field === 'seconds' && all.length > 0 ? Math.min(...all) : mean(all)
  }
  const cell = (value: number | undefined, unit: string): string =>
    value === undefined ? 'not measured' : `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`
  const row = (
    what: string,
    field: keyof typeof figures,
    ours: Training,
    theirs: Training | undefined,
    unit: string,
  ) => {
    const [a, b] = [figure(ours, field), theirs && figure(theirs, field)]
    const ratio = a === undefined || b === undefined ? '' : (a / b).toFixed(2)
    return `| ${what} | ${cell(a, unit)} | ${cell(b, unit)} | ${ratio} |`
  }
  const epochs = (training: 'course' | 'tuned'): string => `${found(training)[0]?.epochs ?? ''} epochs`
  const seedsOf = (training: Training): string => {
    const told = all.flatMap((seed) => (seed[training] ? seed.seed : []))
    return told.length > 1 ? `the mean of seeds ${told.join(', ')}` : `seed ${told.join()}`
  }
  const part = (training: 'course' | 'tuned', name: string): number | undefined =>
    mean(found(training).flatMap(({ partErrorsPx }) => partErrorsPx[name] ?? []))
  const partNames = Object.keys({ ...found('course')[0]?.partErrorsPx, ...found('tuned')[0]?.partErrorsPx })
  const tunedBySeed = all.flatMap(({ seed, tuned }) => (tuned ? `${cell(tuned.valErrorPx, 'px')} (seed ${seed})` : []))

  const lines = [
    '# Part 2: all 58 points',
    '',
    'Made by `pnpm bench:part2`: facekp on backend onnx and PyTorch in turn, each with all cores. Recipe `course` tells',
    `${seedsOf('course')}, PyTorch ${seedsOf('pytorch')}, recipe \`tuned\` ${seedsOf('tuned')}; times are the shortest.`,
    `Errors are means over 58 points and the 48 pictures of people 33-40, in pixels of the 640 x 480 originals; the mean shape errs by ${cell(figure('tuned', 'meanShapeErrorPx') ?? figure('course', 'meanShapeErrorPx'), 'px')}.`,
    machineSentence(),
    '',
    '| what | facekp | PyTorch | ratio |',
    '| --- | --- | --- | --- |',
    row('validation error, recipe `course`', 'valErrorPx', 'course', 'pytorch', 'px'),
    row(`time of its ${epochs('course')}`, 'seconds', 'course', 'pytorch', 's'),
    row('validation error, recipe `tuned`', 'valErrorPx', 'tuned', undefined, 'px'),
    row(`time of its ${epochs('tuned')}`, 'seconds', 'tuned', undefined, 's'),
    '',
    `Recipe \`tuned\` by seed: ${tunedBySeed.join(', ')}.`,
    '',
    '| part | recipe `course` | recipe `tuned` |',
    '| --- | --- | --- |',
    ...partNames.map(
      (name) => `| ${name} | ${cell(part('course', name), 'px')} | ${cell(part('tuned', name), 'px')} |`,
    ),
    '',
  ]
  writeFigures('part2', { seeds: all }, lines)
}
