/**
 * Times the prediction of a folder of images, from JPEG files to points: ResNet-18 in batches of 32, against PyTorch with a DataLoader of two
 * processes. Writes predict.json and predict.md.
 *
 * Usage: pnpm bench:predict [--data DIR] [--rounds 3] [--out DIR], on the built packages
 * Without PyTorch (python3-torch, python3-torchvision, python3-pil and libopenblas0) its row says "not measured".
 */
import { fileURLToPath } from 'node:url'
import { compose, gray, resize } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import { releaseBackend, useBackend } from '@facekp/backend'
import { setThreads } from '@facekp/backend-onnx'
import { mapDataset, randomStream, transformSample } from '@facekp/core'
import { readImm } from '@facekp/data-imm/node'
import { createModel } from '@facekp/models'
import { predict } from '@facekp/trainer'
import * as z from 'zod'
import { requireImm } from './lib/imm-faces.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { findPython, median, requireFastBlas, runJson } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const SIZE = 240
const BATCH = 32
const WORKERS = 2
/** Threads of the network, as many as in predict_pytorch.py. */
const THREADS = 2

const options = parseOptions({ data: z.string().optional(), rounds: countOption.default(3), out: outOption })
const folder = requireImm(options.data)
const python = findPython(['torch', 'torchvision', 'PIL'])
if (python) requireFastBlas(python)
const peerSchema = z.object({ count: z.number(), seconds: z.number() })

await useBackend('onnx')
setThreads(THREADS)
const model = createModel('resnet18', { numKeypoints: 58, inputSize: [SIZE, SIZE] })
const transform = compose([gray({ channels: 1 }), resize({ width: SIZE, height: SIZE })])
const pool = await augmentPool({
  dataset: new URL('lib/imm-images.mjs', import.meta.url),
  datasetOptions: { folder },
  transform,
  workers: WORKERS,
})
const images = await readImm(folder)
const random = randomStream({ seed: 0, purpose: 'none' })
const inThread = mapDataset(images, (sample) => transformSample(transform, sample, random))

const PROGRAMS: Readonly<Record<string, () => Promise<number> | number>> = {
  '`predict`, images read by the same thread': () => time(() => predict(model, inThread, { batchSize: BATCH })),
  '`predict`, images read by two threads of an `augmentPool`': () =>
    time(() => predict(model, pool.dataset, { batchSize: BATCH, loader: pool.loader })),
  ...(python && { 'PyTorch, images read by two processes of a `DataLoader`': runPeer }),
}

const times = new Map(Object.keys(PROGRAMS).map((name): [string, number[]] => [name, []]))
// The first round compiles graphs and reads the files from the disk.
for (let round = -1; round < options.rounds; round++) {
  for (const [name, run] of Object.entries(PROGRAMS)) {
    const seconds = await run()
    if (round >= 0) times.get(name)?.push(images.length / seconds)
  }
}
await pool.close()
model.dispose()
releaseBackend()

const results = [...times].map(([name, speeds]) => ({ name, imagesPerSecond: median(speeds) }))
const peer = python ? results.at(-1)?.imagesPerSecond : undefined
writeResults(options.out, 'predict', { rounds: options.rounds, images: images.length, results }, [
  '# Predicting a folder',
  '',
  `Measured by \`pnpm bench:predict\`: the ${images.length} JPEG files of IMM, 640 x 480 pixels, are read, converted to gray, resized to ${SIZE} x ${SIZE} and predicted by`,
  `ResNet-18 in batches of ${BATCH}, on backend onnx and in PyTorch with two threads. Medians of ${options.rounds} rounds; in each round, all run in turn.`,
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['program', 'images a second', 'relative to PyTorch'],
    results.map(({ name, imagesPerSecond }) => [
      name,
      imagesPerSecond.toFixed(1),
      peer === undefined ? 'not measured' : (imagesPerSecond / peer).toFixed(2),
    ]),
  ),
  '',
])
process.exit(0)

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

function runPeer(): number {
  const program = fileURLToPath(new URL('predict_pytorch.py', import.meta.url))
  return peerSchema.parse(runJson(python as string, [program, folder, `${SIZE}`])).seconds
}
