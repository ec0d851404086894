/**
 * Times reading iBUG 300-W (lists, images, face crops of 240 x 240 gray, keypoints) against Pillow in Python, one thread each. Writes
 * ibug-read.json and ibug-read.md.
 *
 * Usage: pnpm bench:ibug-read [--data DIR] [--rounds 5] [--out DIR]
 * Without Pillow (python3-pil, python3-numpy) its rows say "not measured".
 */
import { fileURLToPath } from 'node:url'
import type { PixelData } from '@facekp/core'
import { readIbug } from '@facekp/data-ibug/node'
import { findIbug } from '@facekp/recipes/node'
import { z } from 'zod'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { findPython, medianOrNone, runJson } from './lib/peer.ts'
import { processorTime } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const MARGIN = 0.2
const SIZE = 240
/** Images that training reads at a time. */
const BATCH = 16

const options = parseOptions({ data: z.string().optional(), rounds: countOption.default(5), out: outOption })
const data = options.data ?? findIbug()
const python = findPython(['PIL', 'numpy'])

/** Images per second of processor time and of wall time, and the mean of all pixels. */
const readingSchema = z.object({ count: z.number(), processor: z.number(), wall: z.number(), mean: z.number() })
type Reading = z.infer<typeof readingSchema>
type Clock = 'processor' | 'wall'

interface Round {
  /** One image after the other. */
  readonly sequential: Reading
  /** 16 images at a time. */
  readonly batch: Reading
  readonly pillow?: Reading | undefined
  /** With the decoder returning gray. */
  readonly draft?: Reading | undefined
}

await readAll(BATCH)
const rounds: Round[] = []
// In turn, so that other programs affect all alike.
for (let number = 0; number < options.rounds; number++) {
  const round = {
    sequential: await readAll(1),
    batch: await readAll(BATCH),
    pillow: readWithPillow('decode'),
    draft: readWithPillow('draft'),
  }
  if (round.pillow && Math.abs(round.sequential.mean - round.pillow.mean) > 0.5) throw pixelMismatchError(round)
  rounds.push(round)
  console.error(round)
}

writeResults(options.out, 'ibug-read', { rounds }, [
  '# Reading iBUG 300-W',
  '',
  `Made by \`pnpm bench:ibug-read\`. ${rounds[0]?.sequential.count} faces: two lists in XML, each image decoded, the face cropped with a margin`,
  `of ${MARGIN}, resized to ${SIZE} x ${SIZE} gray, with its 68 keypoints. Medians of ${options.rounds} rounds in which all are measured in turn.`,
  machineSentence(),
  '',
  ...markdownTable(
    ['by wall clock', 'images per second', 'Pillow = 1'],
    [
      formatRow(`facekp with sharp, one JavaScript thread, ${BATCH} at a time as in training`, 'batch', 'wall'),
      formatRow('facekp with sharp, one JavaScript thread, one image after the other', 'sequential', 'wall'),
      formatRow('Pillow, one thread', 'pillow', 'wall'),
      formatRow('Pillow, one thread, the decoder returning gray (`draft`)', 'draft', 'wall'),
    ],
  ),
  '',
  ...markdownTable(
    ['by processor time of all threads', 'images per second', 'Pillow = 1'],
    [formatRow('facekp with sharp', 'sequential', 'processor'), formatRow('Pillow', 'pillow', 'processor')],
  ),
  '',
  'sharp decodes in threads of its own; meanwhile the JavaScript thread converts to gray and resizes. For each image libvips passes work',
  'between threads some hundred times: it decodes an image in 1.5 ms, Pillow with the same JPEG library in 0.6 ms.',
  '',
])

/** Reads all faces, `batch` at a time. */
async function readAll(batch: number): Promise<Reading> {
  const processor = processorTime()
  const wall = performance.now()
  const { train, test } = await readIbug(data, { channels: 1, decoder: 'sharp', crop: { size: SIZE, margin: MARGIN } })
  let total = 0
  for (const part of [train, test]) {
    for (let start = 0; start < part.length; start += batch) {
      const indices = Array.from({ length: Math.min(batch, part.length - start) }, (_, i) => start + i)
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

function readWithPillow(mode: 'decode' | 'draft'): Reading | undefined {
  if (!python) return undefined
  const script = fileURLToPath(new URL('ibug_read_pil.py', import.meta.url))
  return readingSchema.parse(runJson(python, [script, data, String(MARGIN), String(SIZE), mode]))
}

function pixelMismatchError({ sequential, pillow }: Round): Error {
  return new Error(`ibug_read_pil.py: pixels differ: expected a mean of ${sequential.mean}, received ${pillow?.mean}`)
}

function formatRow(label: string, reader: keyof Round, clock: Clock): string[] {
  const speed = medianOrNone(rounds.flatMap((round) => round[reader]?.[clock] ?? []))
  const ratios = rounds.flatMap((round) => {
    const reading = round[reader]
    return reading && round.pillow ? reading[clock] / round.pillow[clock] : []
  })
  return [label, speed?.toFixed(0) ?? 'not measured', medianOrNone(ratios)?.toFixed(2) ?? '']
}
