/**
 * Part 2 of the course against the same recipe in PyTorch, in turn, on the same faces: error over all 58 points and time of
 * training; and the tuned recipe. Writes part2.json and part2.md beside this file.
 *
 * Usage: pnpm bench:part2 [--data DIR]
 * Without PyTorch (python3-torch, python3-torchvision, python3-pil) its column says "not measured".
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { immFolder } from '../examples/lib/imm-faces.ts'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { jsonFrom, machine, pythonWithTorch } from './lib/peer.ts'

const SEED = '1'
const RUN = ['--import', 'tsx', '--conditions=@facekp/source']

const figures = { valErrorPx: z.number(), seconds: z.number(), meanShapeErrorPx: z.number() }
const summarySchema = z.object({ ...figures, epochs: z.number(), partErrorsPx: z.record(z.string(), z.number()) })
const peerSchema = z.object(figures)

const { values } = parseArgs({ options: { data: { type: 'string' } } })
const data = values.data ?? immFolder()
if (data === undefined) throw new Error('bench:part2 needs the IMM Face Database: name its folder with --data')

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const python = pythonWithTorch()

function facekp(recipe: string): z.infer<typeof summarySchema> {
  const out = join(scratch, recipe)
  const args = ['--data', data as string, '--recipe', recipe, '--seed', SEED, '--engine', 'onnx', '--out', out]
  execFileSync(process.execPath, [...RUN, here('../examples/part2-face.ts'), ...args], { stdio: 'inherit' })
  return summarySchema.parse(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')))
}

const course = facekp('course')
const pytorch = python
  ? peerSchema.parse(
      jsonFrom(python, [
        here('part2_pytorch.py'),
        '--data',
        data,
        '--seed',
        SEED,
        '--threads',
        String(machine()['cores']),
      ]),
    )
  : undefined
const tuned = facekp('tuned')
rmSync(scratch, { recursive: true })

const cell = (value: number | undefined, unit: string): string =>
  value === undefined ? 'not measured' : `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`
const row = (what: string, ours: number, theirs: number | undefined, unit: string): string =>
  `| ${what} | ${cell(ours, unit)} | ${cell(theirs, unit)} | ${theirs === undefined ? '' : (ours / theirs).toFixed(2)} |`

const lines = [
  '# Part 2: all 58 points',
  '',
  `Made by \`pnpm bench:part2\`, seed ${SEED}: facekp on engine onnx and PyTorch in turn, each with all cores.`,
  `Errors are means over 58 points and the 48 pictures of people 33-40, in pixels of the 640 x 480 originals; the mean shape errs by ${course.meanShapeErrorPx.toFixed(1)} px.`,
  machineSentence(),
  '',
  '| what | facekp | PyTorch | ratio |',
  '| --- | --- | --- | --- |',
  row('validation error, recipe `course`', course.valErrorPx, pytorch?.valErrorPx, 'px'),
  row(`time of its ${course.epochs} epochs`, course.seconds, pytorch?.seconds, 's'),
  row('validation error, recipe `tuned`', tuned.valErrorPx, undefined, 'px'),
  row(`time of its ${tuned.epochs} epochs`, tuned.seconds, undefined, 's'),
  '',
  '| part | recipe `course` | recipe `tuned` |',
  '| --- | --- | --- |',
  ...Object.entries(tuned.partErrorsPx).map(
    ([name, errorPx]) => `| ${name} | ${cell(course.partErrorsPx[name], 'px')} | ${cell(errorPx, 'px')} |`,
  ),
  '',
]
writeFigures('part2', { seed: Number(SEED), course, pytorch, tuned }, lines)
