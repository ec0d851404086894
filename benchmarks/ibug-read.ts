/**
 * Times reading iBUG 300-W (lists, images, face crops of 240 x 240 gray, keypoints) on one thread and on two against Pillow in Python on
 * one. Writes ibug-read.json and ibug-read.md.
 *
 * Usage: pnpm bench:ibug-read [--data DIR] [--rounds 5] [--out DIR], on the built packages
 * Without Pillow (python3-pil, python3-numpy) its rows say "not measured".
 */
import { fileURLToPath } from 'node:url'
import { compose } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import { createSampleLoader, type SampleLoader } from '@facekp/core'
import { findIbug } from '@facekp/recipes/node'
import * as z from 'zod'
import ibugFaces from './lib/ibug-faces.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { findPython, medianOrNone, runJson } from './lib/peer.ts'
import { processorTime } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const MARGIN = 0.2
const SIZE = 240
/** Threads of the pool, and faces that are requested of it at a time. */
const WORKERS = 2
const PREFETCH = 64

const options = parseOptions({ data: z.string().optional(), rounds: countOption.default(5), out: outOption })
const data = options.data ?? findIbug()
const python = findPython(['PIL', 'numpy'])

/** Images per second of processor time and of wall time. */
const readingSchema = z.object({ count: z.number(), processor: z.number(), wall: z.number() })
type Reading = z.infer<typeof readingSchema>
type Clock = 'processor' | 'wall'

interface Round {
  /** One image after the other, on one thread. */
  readonly single: Reading
  /** By the threads of a pool, which pass the images to the main thread. */
  readonly pool: Reading
  readonly pillow?: Reading | undefined
  /** With the decoder returning gray. */
  readonly draft?: Reading | undefined
}

const faces = { folder: data, size: SIZE, margin: MARGIN }
const transform = compose([])
const pool = await augmentPool({
  dataset: new URL('lib/ibug-faces.mjs', import.meta.url),
  datasetOptions: faces,
  transform,
  workers: WORKERS,
  prefetch: PREFETCH,
})
await checkPixels()
const rounds: Round[] = []
// In turn, so that other programs affect all alike.
for (let number = 0; number < options.rounds; number++) {
  const round = {
    single: await readSingle(),
    pool: await readAll(pool.loader, pool.dataset.length, PREFETCH),
    pillow: readWithPillow('decode'),
    draft: readWithPillow('draft'),
  }
  rounds.push(round)
  console.error(round)
}
await pool.close()

writeResults(options.out, 'ibug-read', { rounds }, [
  '# Reading iBUG 300-W',
  '',
  `Measured by \`pnpm bench:ibug-read\`. Each program reads ${rounds[0]?.single.count} faces from two lists in XML: it decodes the image, crops the face with a margin of`,
  `${MARGIN}, resizes it to ${SIZE} x ${SIZE} gray, and maps its 68 keypoints. The numbers are medians of ${options.rounds} rounds; in each round, all programs run in turn.`,
  machineSentence(),
  '',
  ...markdownTable(
    ['by wall clock', 'images per second', 'Pillow = 1'],
    [
      formatRow('facekp, one thread, one image after the other', 'single', 'wall'),
      formatRow(`facekp, ${WORKERS} threads of \`augmentPool\``, 'pool', 'wall'),
      formatRow('Pillow, one thread', 'pillow', 'wall'),
      formatRow('Pillow, one thread, the decoder returning gray (`draft`)', 'draft', 'wall'),
    ],
  ),
  '',
  ...markdownTable(
    ['by processor time of all threads', 'images per second', 'Pillow = 1'],
    [
      formatRow('facekp, one thread', 'single', 'processor'),
      formatRow(`facekp, ${WORKERS} threads`, 'pool', 'processor'),
      formatRow('Pillow', 'pillow', 'processor'),
    ],
  ),
  '',
  'The threads share the processor: if there are fewer free cores than threads, the speed by wall clock is lower. In each round, the time of one',
  'thread includes reading the two lists. The threads of the pool read the lists before the first round. The pixels are those of Pillow, up to',
  'the rounding of crop boxes.',
  '',
])

/** Reads the lists and all faces on this thread. */
async function readSingle(): Promise<Reading> {
  const start = startClocks()
  const dataset = await ibugFaces(faces)
  return readAll(createSampleLoader(dataset, transform), dataset.length, 1, start)
}

/** Reads all faces, `batch` at a time. */
async function readAll(loader: SampleLoader, count: number, batch: number, start = startClocks()): Promise<Reading> {
  for (let first = 0; first < count; first += batch) {
    const indices = Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i)
    await Promise.all(indices.map((index) => loader({ seed: 0, epoch: 0, index })))
  }
  return {
    count,
    processor: count / (processorTime() - start.processor),
    wall: count / ((performance.now() - start.wall) / 1000),
  }
}

function startClocks(): { processor: number; wall: number } {
  return { processor: processorTime(), wall: performance.now() }
}

/** Throws if the mean of all pixels differs from Pillow's, beyond the rounding of some crop boxes. Warms up both paths. */
async function checkPixels(): Promise<void> {
  let total = 0
  for (let index = 0; index < pool.dataset.length; index++) {
    const { image } = await pool.loader({ seed: 0, epoch: 0, index })
    total += (image.data as Uint8Array).reduce((sum, value) => sum + value, 0) / image.data.length
  }
  const mean = total / pool.dataset.length
  const pillow = python && z.object({ mean: z.number() }).parse(runPillow('check'))
  if (pillow && Math.abs(mean - pillow.mean) > 0.05) {
    throw new Error(`ibug_read_pil.py: pixels differ: expected a mean of ${mean}, received ${pillow.mean}`)
  }
}

function readWithPillow(mode: 'decode' | 'draft'): Reading | undefined {
  return python ? readingSchema.parse(runPillow(mode)) : undefined
}

function runPillow(mode: 'decode' | 'draft' | 'check'): unknown {
  const script = fileURLToPath(new URL('ibug_read_pil.py', import.meta.url))
  return runJson(python as string, [script, data, String(MARGIN), String(SIZE), mode])
}

function formatRow(label: string, reader: keyof Round, clock: Clock): string[] {
  const speed = medianOrNone(rounds.flatMap((round) => round[reader]?.[clock] ?? []))
  const ratios = rounds.flatMap((round) => {
    const reading = round[reader]
    return reading && round.pillow ? reading[clock] / round.pillow[clock] : []
  })
  return [label, speed?.toFixed(0) ?? 'not measured', medianOrNone(ratios)?.toFixed(2) ?? '']
}
