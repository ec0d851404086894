/**
 * How much of a training's time is lost waiting for data: ResNet-18, 240 x 240, batch 8, on backend onnx with one thread, its faces read
 * from the cache and augmented by the training's own thread before each step, or meanwhile by one of the pool. Writes data-wait.json and
 * data-wait.md beside this file.
 *
 * Usage: pnpm bench:data-wait [--steps N], of the built packages
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { augmentPool } from '@facekp/augment/node'
import { useBackend } from '@facekp/backend'
import { setThreads } from '@facekp/backend-onnx'
import { createSampleLoader, normalizeImage, type SampleLoader } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import cachedFaces from './lib/cached-faces.ts'
import { drawFaces } from './lib/draw-faces.ts'
import { NETWORKS } from './lib/networks.ts'
import { countOption, parseOptions } from './lib/options.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'
import { trainingAugmentation } from './lib/training-augmentation.ts'
import { createTrainingStep } from './lib/training-step.ts'

const [COUNT, BATCH, SIDE] = [64, 8, 240]
const options = parseOptions({ steps: countOption.default(24) })
const { steps } = options

const transform = trainingAugmentation()

await useBackend('onnx')
setThreads(1)
const model = NETWORKS.resnet18.build()
const step = createTrainingStep(model, BATCH)

async function trainStep(images: Float32Array): Promise<void> {
  const tensor = tf.tensor4d(images, [BATCH, SIDE, SIDE, 1])
  await step(tensor)
  tensor.dispose()
  // As the trainer does: lets messages of the pool's threads arrive.
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * The share of the time of `count` steps that goes by waiting for the batch. With `ahead` it is asked for before the step that comes
 * first, which is what threads are for; else when it is indices, so that all the work of making it counts.
 */
async function shareLost(read: SampleLoader, count: number, ahead: boolean): Promise<number> {
  const batch = async (step: number): Promise<Float32Array> => {
    const indices = Array.from({ length: BATCH }, (_, i) =>
      read({ index: (step * BATCH + i) % COUNT, seed: 1, epoch: step }),
    )
    const samples = await Promise.all(indices)
    const images = new Float32Array(BATCH * SIDE * SIDE)
    for (const [i, { image }] of samples.entries()) images.set(normalizeImage(image).data, i * SIDE * SIDE)
    return images
  }
  let waited = 0
  let next = ahead ? batch(0) : undefined
  const start = performance.now()
  for (let step = 1; step <= count; step++) {
    const before = performance.now()
    const images = await (next ?? batch(step))
    waited += performance.now() - before
    if (ahead) next = batch(step)
    await trainStep(images)
  }
  await next
  return waited / (performance.now() - start)
}

const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const raw = await drawFaces(scratch, COUNT)
const pool = await augmentPool({
  dataset: new URL('lib/cached-faces.mjs', import.meta.url),
  datasetOptions: { ...raw },
  transform,
  workers: 1,
})
const alone = createSampleLoader(cachedFaces({ ...raw }), transform)
// Compiles graphs and fills the cache.
for (const read of [pool.loader, alone]) await shareLost(read, 9, false)
const lost = { alone: await shareLost(alone, steps, false), pool: await shareLost(pool.loader, steps, true) }
await pool.close()
rmSync(scratch, { recursive: true })

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
const lines = [
  '# Waiting for data',
  '',
  `Made by \`pnpm bench:data-wait\`. ${steps} training steps of ResNet-18 (240 x 240, batch 8) on backend onnx, one thread; faces of 640 x 480 from the`,
  'cache through affine map, mirror, brightness and noise. Time lost: the fraction of the time that training waited for data.',
  machineSentence(),
  '',
  ...markdownTable(
    ['reading and augmenting', 'time lost'],
    [
      ["the training's own thread, before each step", percent(lost.alone)],
      ['one thread of the pool, during the step before', percent(lost.pool)],
    ],
  ),
  '',
]
writeResults(options.out, 'data-wait', { steps, lost }, lines)
process.exit(0)
