/**
 * Measures the fraction of training time lost waiting for data: ResNet-18, 240 x 240, batch 8, on backend onnx with one thread; cached
 * faces are augmented by the training thread before each step, or by a thread of the pool during the step before. Writes data-wait.json
 * and data-wait.md.
 *
 * Usage: pnpm bench:data-wait [--steps 24] [--out DIR], on the built packages
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
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'
import { trainingAugmentation } from './lib/training-augmentation.ts'
import { createTrainingStep } from './lib/training-step.ts'

const FACES = 64
const BATCH = 8
const SIDE = 240
const WARM_UP_STEPS = 9
const { steps, out } = parseOptions({ steps: countOption.default(24), out: outOption })

await useBackend('onnx')
setThreads(1)
const train = createTrainingStep(NETWORKS.resnet18.build(), BATCH)

const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const raw = await drawFaces(scratch, FACES)
const transform = trainingAugmentation()
const pool = await augmentPool({
  dataset: new URL('lib/cached-faces.mjs', import.meta.url),
  datasetOptions: { ...raw },
  transform,
  workers: 1,
})
const loader = createSampleLoader(cachedFaces({ ...raw }), transform)
// Compiles graphs and fills the caches.
for (const load of [pool.loader, loader]) await measureTimeLost(load, WARM_UP_STEPS, false)
const timeLost = {
  trainingThread: await measureTimeLost(loader, steps, false),
  pool: await measureTimeLost(pool.loader, steps, true),
}
await pool.close()
rmSync(scratch, { recursive: true })

writeResults(out, 'data-wait', { steps, timeLost }, [
  '# Waiting for data',
  '',
  `Measured by \`pnpm bench:data-wait\`: ${steps} training steps of ResNet-18 (240 x 240 pixels, batch 8) on backend onnx with one thread. Faces of`,
  '640 x 480 pixels come from the cache and pass through an affine map, a horizontal flip, brightness and noise. The time lost is the fraction',
  'of the time in which training waited for data.',
  machineSentence(),
  '',
  ...markdownTable(
    ['reading and augmenting', 'time lost'],
    [
      ['the training thread, before each step', formatPercent(timeLost.trainingThread)],
      ['one thread of the pool, during the step before', formatPercent(timeLost.pool)],
    ],
  ),
  '',
])
process.exit(0)

/**
 * Measures the fraction of the time of some steps that training waits for a batch.
 *
 * @param prefetch requests a batch before the preceding step, for threads, instead of when the training needs it
 */
async function measureTimeLost(load: SampleLoader, count: number, prefetch: boolean): Promise<number> {
  let waited = 0
  let next = prefetch ? loadBatch(load, 0) : undefined
  const start = performance.now()
  for (let step = 1; step <= count; step++) {
    const waitStart = performance.now()
    const images = await (next ?? loadBatch(load, step))
    waited += performance.now() - waitStart
    if (prefetch) next = loadBatch(load, step)
    await trainStep(images)
  }
  await next
  return waited / (performance.now() - start)
}

async function loadBatch(load: SampleLoader, step: number): Promise<Float32Array> {
  const samples = await Promise.all(
    Array.from({ length: BATCH }, (_, i) => load({ index: (step * BATCH + i) % FACES, seed: 1, epoch: step })),
  )
  const images = new Float32Array(BATCH * SIDE * SIDE)
  for (const [i, { image }] of samples.entries()) images.set(normalizeImage(image).data, i * SIDE * SIDE)
  return images
}

async function trainStep(images: Float32Array): Promise<void> {
  const tensor = tf.tensor4d(images, [BATCH, SIDE, SIDE, 1])
  await train(tensor)
  tensor.dispose()
  // As in the trainer: lets messages of the pool's threads arrive.
  await new Promise((resolve) => setImmediate(resolve))
}

function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`
}
