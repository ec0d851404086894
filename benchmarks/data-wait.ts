/**
 * How much of a training's time is lost waiting for data: ResNet-18, 240 x 240, batch 8, on engine onnx with one thread, its faces read
 * from the cache and augmented by the training's own thread before each step, or meanwhile by one of the pool. Writes data-wait.json and
 * data-wait.md beside this file.
 *
 * Usage: pnpm bench:data-wait [--steps N]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { affine, brightness, compose, mirror, noise, resize, sometimes } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import { useEngine } from '@facekp/backend'
import { setThreads } from '@facekp/backend-onnx'
import { IMM_58, normalizeImage, type SampleReader, sampleReader } from '@facekp/core'
import { adam } from '@facekp/trainer'
import * as tf from '@tensorflow/tfjs'
import cachedFaces from './lib/cached-faces.ts'
import { drawFaces } from './lib/draw-faces.ts'
import { NETWORKS } from './lib/networks.ts'
import { machine } from './lib/peer.ts'

const [COUNT, BATCH, SIDE] = [64, 8, 240]
const steps = Number(parseArgs({ options: { steps: { type: 'string', default: '24' } } }).values.steps)

const transform = compose([
  affine({ degrees: 15, scale: 1.15, shift: 0.05 }),
  sometimes(0.5, mirror({ scheme: IMM_58 })),
  resize({ width: SIDE, height: SIDE }),
  brightness({ factor: 0.2 }),
  noise({ sigma: [0.01, 0.04] }),
])

await useEngine('onnx')
setThreads(1)
const model = NETWORKS.resnet18.build()
const variables = model.trainableWeights.map((weight) => (weight as unknown as { readonly val: tf.Variable }).val)
const optimizer = adam()
const points = tf.randomUniform([BATCH, NETWORKS.resnet18.outputs], 0, 1, 'float32', 2)

async function trainStep(images: Float32Array): Promise<void> {
  const pictures = tf.tensor4d(images, [BATCH, SIDE, SIDE, 1])
  const { value, grads } = tf.variableGrads(
    () => tf.losses.meanSquaredError(points, model.apply(pictures, { training: true }) as tf.Tensor) as tf.Scalar,
    variables,
  )
  optimizer.apply(
    variables,
    variables.map(({ name }) => grads[name] as tf.Tensor),
    1e-4,
  )
  await value.data()
  tf.dispose([pictures, value, grads])
  // As the trainer does, so that what the threads of the pool have to say is heard.
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * The share of the time of `count` steps that goes by waiting for the batch. With `ahead` it is asked for before the step that comes
 * first, which is what threads are for; else when it is wanted, so that all the work of making it counts.
 */
async function shareLost(read: SampleReader, count: number, ahead: boolean): Promise<number> {
  const batch = async (step: number): Promise<Float32Array> => {
    const wanted = Array.from({ length: BATCH }, (_, i) =>
      read({ index: (step * BATCH + i) % COUNT, seed: 1, epoch: step }),
    )
    const samples = await Promise.all(wanted)
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
const alone = sampleReader(cachedFaces({ ...raw }), transform)
// Graphs are compiled, pictures come into the cache.
for (const read of [pool.read, alone]) await shareLost(read, 9, false)
const lost = { alone: await shareLost(alone, steps, false), pool: await shareLost(pool.read, steps, true) }
await pool.close()
rmSync(scratch, { recursive: true })

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
const lines = [
  '# Waiting for data',
  '',
  `Made by \`pnpm bench:data-wait\`. ${steps} training steps of ResNet-18 (240 x 240, batch 8) on engine onnx, one thread; faces of 640 x 480 from the`,
  'cache through affine map, mirror, brightness and noise. What is told is the share of the time in which the training waited.',
  `Machine: ${Object.entries(machine())
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}.`,
  '',
  '| who reads and augments | time lost |',
  '|---|---|',
  `| the training's own thread, before each step | ${percent(lost.alone)} |`,
  `| one thread of the pool, during the step before | ${percent(lost.pool)} |`,
  '',
]
writeFileSync(
  new URL('data-wait.json', import.meta.url),
  `${JSON.stringify({ machine: machine(), steps, lost }, null, 2)}\n`,
)
writeFileSync(new URL('data-wait.md', import.meta.url), lines.join('\n'))
console.log(lines.join('\n'))
process.exit(0)
