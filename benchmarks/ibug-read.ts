/**
 * Reading iBUG 300-W: both lists, each image, its face cropped and resized to 240 x 240 gray, its points moved along. One thread
 * against Pillow in Python. Writes ibug-read.json and ibug-read.md beside this file.
 *
 * Usage: pnpm bench:ibug-read [--data DIR] [--rounds N] [--out DIR]
 * Without Pillow (python3-pil, python3-torchvision) its rows say "not measured".
 */
import { fileURLToPath } from 'node:url'
import type { PixelData } from '@facekp/core'
import { readIbug } from '@facekp/data-ibug/node'
import { findIbug } from '@facekp/recipes/node'
import { z } from 'zod'
import { countOption, parseOptions } from './lib/options.ts'
import { median, pythonWithTorch, runJson } from './lib/peer.ts'
import { processorTime } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const MARGIN = 0.2
const SIZE = 240
/** Images that training reads at a time. */
const BATCH = 16

const options = parseOptions({ data: z.string().optional(), rounds: countOption.default(5) })
const { rounds } = options
const data = options.data ?? findIbug()
const python = pythonWithTorch()

const measuredSchema = z.object({ count: z.number(), processor: z.number(), wall: z.number(), mean: z.number() })
type Measured = z.infer<typeof measuredSchema>

/** Reads all faces, `batch` at a time. */
async function readAll(batch: number): Promise<Measured> {
  const processor = processorTime()
  const wall = performance.now()
  const { train, test } = await readIbug(data, { channels: 1, decoder: 'sharp', crop: { size: SIZE, margin: MARGIN } })
  let total = 0
  for (const part of [train, test]) {
    for (let at = 0; at < part.length; at += batch) {
      const indices = Array.from({ length: Math.min(batch, part.length - at) }, (_, i) => at + i)
      for (const { image } of await Promise.all(indices.map((index) => part.get(index)))) {
        total += computeMean(image.data)
      }
    }
  }
  const count = train.length + test.length
  return {
    count,
    processor: count / (processorTime() - processor),
    wall: count / ((performance.now() - wall) / 1000),
    mean: total / count,
  }
}

function computeMean(pixels: PixelData): number {
  let sum = 0
  for (let i = 0; i < pixels.length; i++) sum += pixels[i] as number
  return sum / pixels.length
}

const PEER = [fileURLToPath(new URL('ibug_read_pil.py', import.meta.url)), data, String(MARGIN), String(SIZE)]
const pillow = (way: string): Measured | undefined =>
  python ? measuredSchema.parse(runJson(python, [...PEER, way])) : undefined

await readAll(BATCH)
// In turn, so that other load on the machine affects all alike.
const measured: { single: Measured; batch: Measured; pillow?: Measured | undefined; draft?: Measured | undefined }[] =
  []
for (let round = 0; round < rounds; round++) {
  measured.push({
    single: await readAll(1),
    batch: await readAll(BATCH),
    pillow: pillow('decode'),
    draft: pillow('draft'),
  })
  console.error(measured.at(-1))
}
const different = measured.filter(({ single, pillow }) => pillow && Math.abs(single.mean - pillow.mean) > 0.5)
if (different.length > 0) throw new Error('the two sides did not read the same pixels')

type Way = keyof (typeof measured)[number]
const medianRate = (way: Way, clock: 'processor' | 'wall'): number | undefined => {
  const rates = measured.flatMap((round) => round[way]?.[clock] ?? [])
  return rates.length > 0 ? median(rates) : undefined
}
const formatRow = (label: string, way: Way, clock: 'processor' | 'wall'): string[] => {
  const ratios = measured.flatMap((round) =>
    round[way] && round.pillow ? round[way][clock] / round.pillow[clock] : [],
  )
  const ratio = ratios.length > 0 ? median(ratios).toFixed(2) : ''
  return [label, medianRate(way, clock)?.toFixed(0) ?? 'not measured', ratio]
}
writeResults(options.out, 'ibug-read', { measured }, [
  '# Reading iBUG 300-W',
  '',
  `Made by \`pnpm bench:ibug-read\`. ${measured[0]?.single.count} faces: two lists in XML, each image decoded, the face cut out with a margin`,
  `of ${MARGIN}, resized to ${SIZE} x ${SIZE} gray, its 68 points moved along. Medians of ${rounds} rounds in which all are measured in turn.`,
  machineSentence(),
  '',
  ...markdownTable(
    ['by wall clock', 'images per second', 'Pillow = 1'],
    [
      formatRow(`facekp with sharp, one JavaScript thread, ${BATCH} at a time as in training`, 'batch', 'wall'),
      formatRow('facekp with sharp, one JavaScript thread, one image after the other', 'single', 'wall'),
      formatRow('Pillow, one thread', 'pillow', 'wall'),
      formatRow('Pillow, one thread, the decoder returning gray (`draft`)', 'draft', 'wall'),
    ],
  ),
  '',
  ...markdownTable(
    ['by processor time of all threads', 'images per second', 'Pillow = 1'],
    [formatRow('facekp with sharp', 'single', 'processor'), formatRow('Pillow', 'pillow', 'processor')],
  ),
  '',
  'sharp decodes in threads of its own beside that of JavaScript, which turns to gray and resizes meanwhile. For each image libvips hands',
  'work from thread to thread some hundred times: what it decodes in 1.5 ms the same library for JPEG decodes in 0.6 ms in Pillow.',
  '',
])
