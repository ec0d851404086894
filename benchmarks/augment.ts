/**
 * Images a second through a training's augmentation: read from the cache, affine map, mirror, 640 x 480 to 240 x 240 gray,
 * brightness, noise. One thread against torchvision and OpenCV in Python, then threads of the pool. Writes augment.json and
 * augment.md beside this file.
 *
 * Usage: pnpm bench:augment [--rounds N] [--out DIR], on the built packages
 * Without PyTorch and OpenCV (python3-torchvision, python3-opencv) their columns say "not measured".
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { augmentPool } from '@facekp/augment/node'
import { createSampleLoader, type SampleLoader } from '@facekp/core'
import { z } from 'zod'
import cachedFaces from './lib/cached-faces.ts'
import { drawFaces } from './lib/draw-faces.ts'
import { countOption, parseOptions } from './lib/options.ts'
import { median, pythonWithTorch, runJson } from './lib/peer.ts'
import { processorTime, quietly } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'
import { trainingAugmentation } from './lib/training-augmentation.ts'

const COUNT = 64
const BATCH = 16
const TIMES = 24
/** Batches under way at a time. */
const AHEAD = 3

const options = parseOptions({ rounds: countOption.default(7) })
const { rounds } = options
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const python = pythonWithTorch()

const transform = trainingAugmentation()

const wallTime = (): number => performance.now() / 1000

/** Images per second by this clock, with enough batches in progress that no thread of a pool waits. */
async function rate(read: SampleLoader, times: number, clock = wallTime): Promise<number> {
  const count = times * (COUNT / BATCH)
  const batch = (number: number) =>
    Promise.all(
      Array.from({ length: BATCH }, (_, i) => {
        const place = number * BATCH + i
        return read({ index: place % COUNT, seed: 1, epoch: Math.floor(place / COUNT) })
      }),
    )
  const start = clock()
  const underWay = Array.from({ length: AHEAD }, (_, number) => batch(number))
  for (let number = AHEAD; number < count + AHEAD; number++) {
    await underWay.shift()
    if (number < count) underWay.push(batch(number))
  }
  return (count * BATCH) / (clock() - start)
}

const peerSchema = z.object({ torchvision: z.number(), opencv: z.number(), opencvAliased: z.number() })

const raw = await drawFaces(scratch, COUNT)
const alone = createSampleLoader(cachedFaces({ ...raw }), transform)
const pools = await Promise.all(
  [1, 2].map((workers) =>
    augmentPool({
      dataset: new URL('lib/cached-faces.mjs', import.meta.url),
      datasetOptions: { ...raw },
      transform,
      workers,
    }),
  ),
)
const [singleLoader, doubleLoader] = pools.map(({ loader }) => loader) as [SampleLoader, SampleLoader]
for (const read of [alone, singleLoader, doubleLoader]) await rate(read, 60)

const PEER = [fileURLToPath(new URL('augment_peer.py', import.meta.url)), raw.pixels, raw.points]

// In turn, so that other load on the machine affects all alike.
const measured: ({ alone: number; oneWorker: number; twoWorkers: number } & Partial<z.infer<typeof peerSchema>>)[] = []
for (let round = 0; round < rounds; round++) {
  const facekp = {
    alone: await quietly(() => rate(alone, TIMES, processorTime)),
    oneWorker: await quietly(() => rate(singleLoader, TIMES)),
    twoWorkers: await quietly(() => rate(doubleLoader, TIMES)),
  }
  const peer = python ? peerSchema.parse(runJson(python, [...PEER, '4'])) : {}
  measured.push({ ...facekp, ...peer })
  console.error(measured.at(-1))
}
await Promise.all(pools.map((pool) => pool.close()))
rmSync(scratch, { recursive: true })

type Name = keyof (typeof measured)[number]
const medianRate = (name: Name): number | undefined => {
  const values = measured.flatMap((round) => round[name] ?? [])
  return values.length > 0 ? median(values) : undefined
}
const medianRatio = (name: Name, reference: Name): number | undefined => {
  const ratios = measured.flatMap((row) => {
    const [a, b] = [row[name], row[reference]]
    return a !== undefined && b !== undefined ? a / b : []
  })
  return ratios.length > 0 ? median(ratios) : undefined
}
const formatRow = (label: string, name: Name, against: Name): string[] => {
  const value = medianRate(name)
  const times = name === against ? undefined : medianRatio(against, name)
  return [label, value?.toFixed(0) ?? 'not measured', times?.toFixed(2) ?? '']
}
const lines = [
  '# Augmentation',
  '',
  'Made by `pnpm bench:augment`. Read from the cache, affine map (15 degrees, scale 1.15, shift 5 %), mirror by half, 640 x 480 to',
  `240 x 240 gray, brightness, noise, with 58 points. Medians of ${rounds} rounds in which all are measured in turn; one thread by`,
  'processor time; the pool by wall clock, repeated if other programs were running.',
  machineSentence(),
  '',
  ...markdownTable(
    ['one thread', 'images per second', 'speed-up of facekp'],
    [
      formatRow('facekp, one antialiased sampling', 'alone', 'alone'),
      formatRow('torchvision: affine, antialiased resize', 'torchvision', 'alone'),
      formatRow('OpenCV: warpAffine, resize by INTER_AREA', 'opencv', 'alone'),
      formatRow('OpenCV: one warpAffine by hand, not antialiased', 'opencvAliased', 'alone'),
    ],
  ),
  '',
  ...markdownTable(
    ['pool', 'images per second', 'speed-up of 2 workers'],
    [formatRow('1 worker', 'oneWorker', 'twoWorkers'), formatRow('2 workers', 'twoWorkers', 'twoWorkers')],
  ),
  '',
]
writeResults(options.out, 'augment', { rounds: measured }, lines)
