/**
 * Times a training's augmentation in images per second: cached faces, affine map, flip, 640 x 480 to 240 x 240 gray, brightness, noise.
 * One thread against torchvision and OpenCV in Python, then the pool's threads. Writes augment.json and augment.md.
 *
 * Usage: pnpm bench:augment [--rounds 7] [--out DIR], on the built packages
 * Without PyTorch and OpenCV (python3-torchvision, python3-opencv) their rows say "not measured".
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { augmentPool } from '@facekp/augment/node'
import { createSampleLoader, type SampleLoader } from '@facekp/core'
import * as z from 'zod'
import cachedFaces from './lib/cached-faces.ts'
import { drawFaces } from './lib/draw-faces.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { findPython, medianOrNone, runJson } from './lib/peer.ts'
import { measureQuietly, processorTime } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'
import { trainingAugmentation } from './lib/training-augmentation.ts'

const FACES = 64
const BATCH = 16
/** Passes over the faces that are timed. */
const PASSES = 24
const WARM_UP_PASSES = 60
/** Batches requested at a time, so that no thread of a pool is idle. */
const PREFETCH = 3

const peerSchema = z.object({ torchvision: z.number(), opencv: z.number(), opencvAliased: z.number() })

/** Images per second. */
interface Round extends Partial<z.infer<typeof peerSchema>> {
  readonly singleThread: number
  readonly oneWorker: number
  readonly twoWorkers: number
}

const options = parseOptions({ rounds: countOption.default(7), out: outOption })
const python = findPython(['torch', 'torchvision', 'cv2'])
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const raw = await drawFaces(scratch, FACES)
const transform = trainingAugmentation()

const pools = [await createPool(1), await createPool(2)] as const
const singleThread = createSampleLoader(cachedFaces({ ...raw }), transform)
const oneWorker = pools[0].loader
const twoWorkers = pools[1].loader
for (const load of [singleThread, oneWorker, twoWorkers]) await measureSpeed(load, WARM_UP_PASSES)

const rounds: Round[] = []
// In turn, so that other programs affect all alike.
for (let number = 0; number < options.rounds; number++) {
  const round = {
    singleThread: await measureQuietly(() => measureSpeed(singleThread, PASSES, processorTime)),
    oneWorker: await measureQuietly(() => measureSpeed(oneWorker, PASSES)),
    twoWorkers: await measureQuietly(() => measureSpeed(twoWorkers, PASSES)),
    ...measurePeers(),
  }
  rounds.push(round)
  console.error(round)
}
await Promise.all(pools.map((pool) => pool.close()))
rmSync(scratch, { recursive: true })

writeResults(options.out, 'augment', { rounds }, [
  '# Augmentation',
  '',
  'Measured by `pnpm bench:augment`. Each program reads images of 640 x 480 pixels with 58 keypoints from a cache, applies an affine map',
  '(15 degrees, scale 1.15, shift 5 %) and a horizontal flip with probability 0.5, resizes to 240 x 240 gray, changes the brightness and adds',
  `noise. The numbers are medians of ${options.rounds} rounds; in each round, all programs run in turn. One thread is measured by processor time. The`,
  'pool is measured by wall clock, and a measurement is repeated if other programs were running.',
  machineSentence(),
  '',
  ...markdownTable(
    ['one thread', 'images per second', 'speed-up of facekp'],
    [
      formatRow('facekp, one antialiased sampling', 'singleThread', 'singleThread'),
      formatRow('torchvision: affine, antialiased resize', 'torchvision', 'singleThread'),
      formatRow('OpenCV: warpAffine, resize by INTER_AREA', 'opencv', 'singleThread'),
      formatRow('OpenCV: one warpAffine by hand, not antialiased', 'opencvAliased', 'singleThread'),
    ],
  ),
  '',
  ...markdownTable(
    ['pool', 'images per second', 'speed-up of 2 workers'],
    [formatRow('1 worker', 'oneWorker', 'twoWorkers'), formatRow('2 workers', 'twoWorkers', 'twoWorkers')],
  ),
  '',
])

function createPool(workers: number): ReturnType<typeof augmentPool> {
  return augmentPool({
    dataset: new URL('lib/cached-faces.mjs', import.meta.url),
    datasetOptions: { ...raw },
    transform,
    workers,
  })
}

/** Measures images per second over some passes, in seconds of a clock. */
async function measureSpeed(load: SampleLoader, passes: number, clock = wallTime): Promise<number> {
  const count = passes * (FACES / BATCH)
  const start = clock()
  const pending = Array.from({ length: PREFETCH }, (_, number) => loadBatch(load, number))
  for (let number = PREFETCH; number < count + PREFETCH; number++) {
    await pending.shift()
    if (number < count) pending.push(loadBatch(load, number))
  }
  return (count * BATCH) / (clock() - start)
}

async function loadBatch(load: SampleLoader, number: number): Promise<void> {
  const positions = Array.from({ length: BATCH }, (_, i) => number * BATCH + i)
  await Promise.all(
    positions.map((position) => load({ index: position % FACES, seed: 1, epoch: Math.floor(position / FACES) })),
  )
}

function wallTime(): number {
  return performance.now() / 1000
}

function measurePeers(): Partial<z.infer<typeof peerSchema>> {
  if (!python) return {}
  const script = fileURLToPath(new URL('augment_peer.py', import.meta.url))
  return peerSchema.parse(runJson(python, [script, raw.pixels, raw.points, '4']))
}

/** Formats the median speed of a candidate, and how much faster another is. */
function formatRow(label: string, name: keyof Round, other: keyof Round): string[] {
  const speed = medianOrNone(rounds.flatMap((round) => round[name] ?? []))
  const ratios = rounds.flatMap((round) => {
    const reference = round[name]
    const compared = round[other]
    return reference !== undefined && compared !== undefined ? compared / reference : []
  })
  const speedUp = name === other ? '' : (medianOrNone(ratios)?.toFixed(2) ?? '')
  return [label, speed?.toFixed(0) ?? 'not measured', speedUp]
}
