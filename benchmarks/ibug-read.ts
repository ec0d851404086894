/**
 * Reading iBUG 300-W: both lists, each picture, its face cut out and resized to 240 x 240 gray, its points moved along. One thread
 * against Pillow in Python. Writes ibug-read.json and ibug-read.md beside this file.
 *
 * Usage: pnpm bench:ibug-read [--data DIR] [--rounds N]
 * Without Pillow (python3-pil, python3-torchvision) its rows say "not measured".
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { PixelData } from '@facekp/core'
import { readIbug } from '@facekp/data-ibug/node'
import { findIbug } from '@facekp/recipes/node'
import { z } from 'zod'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { jsonFrom, median, pythonWithTorch } from './lib/peer.ts'
import { processorTime } from './lib/quiet.ts'

const [MARGIN, SIZE] = [0.2, 240]
/** How many pictures a training asks for at a time. */
const BATCH = 16

const { values } = parseArgs({ options: { data: { type: 'string' }, rounds: { type: 'string', default: '5' } } })
const rounds = Number(values.rounds)
const data = values.data ?? findIbug()
const python = pythonWithTorch()

const measuredSchema = z.object({ count: z.number(), processor: z.number(), wall: z.number(), mean: z.number() })
type Measured = z.infer<typeof measuredSchema>

/** Reads all faces, so many asked for at a time. */
async function readAll(batch: number): Promise<Measured> {
  const [processor, wall] = [processorTime(), performance.now()]
  const { train, test } = await readIbug(data, { channels: 1, decoder: 'sharp', crop: { size: SIZE, margin: MARGIN } })
  let total = 0
  for (const part of [train, test]) {
    for (let at = 0; at < part.length; at += batch) {
      const indices = Array.from({ length: Math.min(batch, part.length - at) }, (_, i) => at + i)
      for (const { image } of await Promise.all(indices.map((index) => part.get(index)))) {
        total += meanOf(image.data)
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

function meanOf(pixels: PixelData): number {
  let sum = 0
  for (let i = 0; i < pixels.length; i++) sum += pixels[i] as number
  return sum / pixels.length
}

const PEER = [fileURLToPath(new URL('ibug_read_pil.py', import.meta.url)), data, String(MARGIN), String(SIZE)]
const pillow = (way: string): Measured | undefined =>
  python ? measuredSchema.parse(jsonFrom(python, [...PEER, way])) : undefined

await readAll(BATCH)
// In turn, so that whatever else the machine does meets all alike.
const measured: { one: Measured; batch: Measured; pillow?: Measured | undefined; draft?: Measured | undefined }[] = []
for (let round = 0; round < rounds; round++) {
  measured.push({
    one: await readAll(1),
    batch: await readAll(BATCH),
    pillow: pillow('decode'),
    draft: pillow('draft'),
  })
  console.error(measured.at(-1))
}
const apart = measured.filter(({ one, pillow }) => pillow && Math.abs(one.mean - pillow.mean) > 0.5)
if (apart.length > 0) throw new Error('the two sides did not read the same pixels')

type Way = keyof (typeof measured)[number]
const figure = (way: Way, clock: 'processor' | 'wall'): number | undefined => {
  const found = measured.flatMap((round) => round[way]?.[clock] ?? [])
  return found.length > 0 ? median(found) : undefined
}
const row = (what: string, way: Way, clock: 'processor' | 'wall'): string => {
  const found = figure(way, clock)
  const ratios = measured.flatMap((round) =>
    round[way] && round.pillow ? round[way][clock] / round.pillow[clock] : [],
  )
  const cells = [found?.toFixed(0) ?? 'not measured', ratios.length > 0 ? median(ratios).toFixed(2) : '']
  return `| ${what} | ${cells.join(' | ')} |`
}
writeFigures('ibug-read', { measured }, [
  '# Reading iBUG 300-W',
  '',
  `Made by \`pnpm bench:ibug-read\`. ${measured[0]?.one.count} faces: two lists in XML, each picture decoded, the face cut out with a margin`,
  `of ${MARGIN}, resized to ${SIZE} x ${SIZE} gray, its 68 points moved along. Medians of ${rounds} rounds in which all are measured in turn.`,
  machineSentence(),
  '',
  '| by the clock on the wall | images a second | Pillow = 1 |',
  '|---|---|---|',
  row(`facekp with sharp, one JavaScript thread, ${BATCH} asked for at a time as in training`, 'batch', 'wall'),
  row('facekp with sharp, one JavaScript thread, one picture after the other', 'one', 'wall'),
  row('Pillow, one thread', 'pillow', 'wall'),
  row('Pillow, one thread, the decoder giving gray (`draft`)', 'draft', 'wall'),
  '',
  '| by processor time of all threads | images a second | Pillow = 1 |',
  '|---|---|---|',
  row('facekp with sharp', 'one', 'processor'),
  row('Pillow', 'pillow', 'processor'),
  '',
  'sharp decodes in threads of its own beside that of JavaScript, which turns to gray and resizes meanwhile. For each picture libvips hands',
  'work from thread to thread some hundred times: what it decodes in 1.5 ms the same library for JPEG decodes in 0.6 ms in Pillow.',
  '',
])
