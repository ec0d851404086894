/**
 * Images a second through a training's augmentation: read from the cache, affine map, mirror, 640 x 480 to 240 x 240 gray,
 * brightness, noise. One thread against torchvision and OpenCV in Python, then threads of the pool. Writes augment.json and
 * augment.md beside this file.
 *
 * Usage: pnpm bench:augment [--rounds N], of the built packages
 * Without PyTorch and OpenCV (python3-torchvision, python3-opencv) their columns say "not measured".
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { augmentPool } from '@facekp/augment/node'
import { createSampleLoader, type SampleLoader } from '@facekp/core'
import { z } from 'zod'
import cachedFaces from './lib/cached-faces.ts'
import { drawFaces } from './lib/draw-faces.ts'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { jsonFrom, median, pythonWithTorch } from './lib/peer.ts'
import { processorTime, quietly } from './lib/quiet.ts'
import { trainingAugmentation } from './lib/training-augmentation.ts'

const COUNT = 64
const BATCH = 16
const TIMES = 24
/** Batches under way at a time. */
const AHEAD = 3

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const rounds = Number(values.rounds)
const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const python = pythonWithTorch()

const transform = trainingAugmentation()

const wallTime = (): number => performance.now() / 1000

/** Images a second by this clock, so many batches being under way that no thread of a pool is ever without work. */
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
const [one, two] = pools.map(({ loader }) => loader) as [SampleLoader, SampleLoader]
for (const read of [alone, one, two]) await rate(read, 60)

const PEER = [fileURLToPath(new URL('augment_peer.py', import.meta.url)), raw.pixels, raw.points]

// In turn, so that whatever else the machine does meets all alike.
const measured: ({ alone: number; one: number; two: number } & Partial<z.infer<typeof peerSchema>>)[] = []
for (let round = 0; round < rounds; round++) {
  const own = {
    alone: await quietly(() => rate(alone, TIMES, processorTime)),
    one: await quietly(() => rate(one, TIMES)),
    two: await quietly(() => rate(two, TIMES)),
  }
  const peer = python ? peerSchema.parse(jsonFrom(python, [...PEER, '4'])) : {}
  measured.push({ ...own, ...peer })
  console.error(measured.at(-1))
}
await Promise.all(pools.map((pool) => pool.close()))
rmSync(scratch, { recursive: true })

type Name = keyof (typeof measured)[number]
const figure = (name: Name): number | undefined => {
  const found = measured.flatMap((row) => row[name] ?? [])
  return found.length > 0 ? median(found) : undefined
}
const ratio = (name: Name, to: Name): number | undefined => {
  const found = measured.flatMap((row) => {
    const [a, b] = [row[name], row[to]]
    return a !== undefined && b !== undefined ? a / b : []
  })
  return found.length > 0 ? median(found) : undefined
}
const row = (what: string, name: Name, against: Name): string => {
  const [value, times] = [figure(name), ratio(against, name)]
  return `| ${what} | ${value === undefined ? 'not measured' : value.toFixed(0)} | ${times === undefined || name === against ? '' : times.toFixed(2)} |`
}
const lines = [
  '# Augmentation',
  '',
  'Made by `pnpm bench:augment`. Read from the cache, affine map (15 degrees, scale 1.15, shift 5 %), mirror by half, 640 x 480 to',
  `240 x 240 gray, brightness, noise, with 58 points. Medians of ${rounds} rounds in which all are measured in turn; one thread by`,
  'processor time; the pool by the clock on the wall, again where other programs were running.',
  machineSentence(),
  '',
  '| one thread | images a second | facekp is so many times as fast |',
  '|---|---|---|',
  row('facekp, one antialiased sampling', 'alone', 'alone'),
  row('torchvision: affine, antialiased resize', 'torchvision', 'alone'),
  row('OpenCV: warpAffine, resize by INTER_AREA', 'opencv', 'alone'),
  row('OpenCV: one warpAffine by hand, not antialiased', 'opencvAliased', 'alone'),
  '',
  '| pool | images a second | two workers are so many times as fast |',
  '|---|---|---|',
  row('1 worker', 'one', 'two'),
  row('2 workers', 'two', 'two'),
  '',
]
writeFigures('augment', { rounds: measured }, lines)
