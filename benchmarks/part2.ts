/**
 * Compares part 2 of the course with the same recipe in PyTorch, in turn, on the same faces: error over all 58 points and training time; and the
 * tuned recipe. Writes part2.json and part2.md after each training, and keeps the results of other seeds and trainings in them.
 *
 * Usage: pnpm bench:part2 [--data DIR] [--seeds 1,2,3] [--only course|pytorch|tuned] [--epochs N] [--out DIR]
 * Without PyTorch (python3-torch, python3-torchvision, python3-pil and libopenblas0) its column says "not measured".
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { releaseBackend, useBackend } from '@facekp/backend'
import { part2Recipes } from '@facekp/recipes'
import { fit } from '@facekp/recipes/node'
import * as z from 'zod'
import { requireFinished } from './lib/finished-run.ts'
import { loadImmFaces, requireImm } from './lib/imm-faces.ts'
import { countOption, outOption, parseOptions, seedsOption } from './lib/options.ts'
import { findPython, mean, requireFastBlas, runJson } from './lib/peer.ts'
import {
  describeMachine,
  formatMeasured,
  formatRatio,
  machineSentence,
  markdownTable,
  writeResults,
} from './lib/results.ts'

const fields = { valErrorPx: z.number(), seconds: z.number(), meanShapeErrorPx: z.number() }
const trainingSchema = z.object({ ...fields, epochs: z.number(), partErrorsPx: z.record(z.string(), z.number()) })
const peerSchema = z.object(fields)
const seedSchema = z.object({
  seed: z.number(),
  course: trainingSchema.optional(),
  pytorch: peerSchema.optional(),
  tuned: trainingSchema.optional(),
})
type SeedResults = z.infer<typeof seedSchema>
type TrainingName = Exclude<keyof SeedResults, 'seed'>
const TRAININGS: readonly TrainingName[] = ['course', 'pytorch', 'tuned']

const options = parseOptions({
  data: z.string().optional(),
  seeds: seedsOption.prefault('1,2,3'),
  only: z.enum(TRAININGS).optional(),
  epochs: countOption.optional(),
  out: outOption,
})
const data = requireImm(options.data)
const python = findPython(['torch', 'torchvision', 'PIL'])
if (python && (options.only ?? 'pytorch') === 'pytorch') requireFastBlas(python)
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))

async function trainFacekp(recipeName: 'course' | 'tuned', seed: number): Promise<z.infer<typeof trainingSchema>> {
  const recipe = part2Recipes[recipeName]
  const { model, summary } = await fit({
    ...(await loadImmFaces(data, recipe)),
    recipe: { ...recipe, epochs: options.epochs ?? recipe.epochs },
    seed,
    out: join(scratch, `${recipeName}-${seed}`),
  })
  model.dispose()
  requireFinished(summary)
  return trainingSchema.parse(summary)
}

function trainPyTorch(seed: number): z.infer<typeof peerSchema> | undefined {
  if (!python) return undefined
  const epochs = String(options.epochs ?? part2Recipes.course.epochs)
  const threads = String(describeMachine()['cores'])
  const args = ['--data', data, '--seed', `${seed}`, '--epochs', epochs, '--threads', threads]
  return peerSchema.parse(runJson(python, [fileURLToPath(new URL('part2_pytorch.py', import.meta.url)), ...args]))
}

const file = join(options.out, 'part2.json')
const previous = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { seeds: [] }
const { seeds: known } = z.object({ seeds: z.array(seedSchema) }).parse(previous)
const resultsBySeed = new Map<number, SeedResults>(known.map((results) => [results.seed, results]))

await useBackend('onnx')
for (const seed of options.seeds) {
  for (const name of options.only ? [options.only] : TRAININGS) {
    const training = name === 'pytorch' ? trainPyTorch(seed) : await trainFacekp(name, seed)
    resultsBySeed.set(seed, { ...(resultsBySeed.get(seed) ?? { seed }), [name]: training })
    write([...resultsBySeed.values()].sort((a, b) => a.seed - b.seed))
  }
}
await releaseBackend()
rmSync(scratch, { recursive: true })

function write(seeds: readonly SeedResults[]): void {
  const select = <Name extends TrainingName>(name: Name) => seeds.flatMap((results) => results[name] ?? [])
  /** Computes the mean; of times the minimum, since other programs only lengthen them. */
  const aggregate = (name: TrainingName, field: keyof typeof fields): number | undefined => {
    const values = select(name).map((training) => training[field])
    return field === 'seconds' && values.length > 0 ? Math.min(...values) : mean(values)
  }
  const compare = (label: string, unit: string, facekp: number | undefined, pytorch?: number): string[] => [
    label,
    formatMeasured(facekp, unit),
    formatMeasured(pytorch, unit),
    formatRatio(facekp, pytorch),
  ]
  const partError = (name: 'course' | 'tuned', part: string): string =>
    formatMeasured(mean(select(name).flatMap(({ partErrorsPx }) => partErrorsPx[part] ?? [])), 'px')
  const epochs = (name: 'course' | 'tuned'): string => `training time of its ${select(name)[0]?.epochs ?? ''} epochs`
  const parts = Object.keys({ ...select('course')[0]?.partErrorsPx, ...select('tuned')[0]?.partErrorsPx })
  const meanShape = aggregate('tuned', 'meanShapeErrorPx') ?? aggregate('course', 'meanShapeErrorPx')
  const tunedBySeed = seeds.flatMap(({ seed, tuned }) =>
    tuned ? `${formatMeasured(tuned.valErrorPx, 'px')} (seed ${seed})` : [],
  )
  writeResults(options.out, 'part2', { seeds }, [
    '# Part 2: all 58 points',
    '',
    `Measured by \`pnpm bench:part2\`; facekp (backend onnx) and PyTorch run in turn, with all cores each. Recipe \`course\`: ${describeSeeds(seeds, 'course')};`,
    `PyTorch: ${describeSeeds(seeds, 'pytorch')}; recipe \`tuned\`: ${describeSeeds(seeds, 'tuned')}. Times are the shortest of the seeds. Errors are means over 58 points and the 48`,
    `images of people 33-40, in pixels of the 640 x 480 originals. The mean shape baseline has an error of ${formatMeasured(meanShape, 'px')}.`,
    machineSentence(),
    '',
    ...markdownTable(
      ['measured', 'facekp', 'PyTorch', 'ratio'],
      [
        compare(
          'validation error, recipe `course`',
          'px',
          aggregate('course', 'valErrorPx'),
          aggregate('pytorch', 'valErrorPx'),
        ),
        compare(epochs('course'), 's', aggregate('course', 'seconds'), aggregate('pytorch', 'seconds')),
        compare('validation error, recipe `tuned`', 'px', aggregate('tuned', 'valErrorPx')),
        compare(epochs('tuned'), 's', aggregate('tuned', 'seconds')),
      ],
    ),
    '',
    `Recipe \`tuned\` by seed: ${tunedBySeed.join(', ')}.`,
    '',
    ...markdownTable(
      ['part', 'recipe `course`', 'recipe `tuned`'],
      parts.map((part) => [part, partError('course', part), partError('tuned', part)]),
    ),
    '',
  ])
}

function describeSeeds(seeds: readonly SeedResults[], name: TrainingName): string {
  const numbers = seeds.flatMap((results) => (results[name] ? results.seed : []))
  return numbers.length > 1 ? `mean of seeds ${numbers.join(', ')}` : `seed ${numbers.join()}`
}
