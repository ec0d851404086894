/**
 * Times a training step of ResNet-18 (240 x 240 x 1, batch 8, 136 outputs, squared error, Adam) on a backend, and prints a line of JSON.
 *
 * Usage: pnpm bench:resnet18 [--backend wasm] [--steps 5]
 */
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import * as tf from '@tensorflow/tfjs'
import { NETWORKS } from './lib/networks.ts'
import { backendOption, countOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { createTrainingStep } from './lib/training-step.ts'

const BATCH = 8
const options = parseOptions({ backend: backendOption.default('wasm'), steps: countOption.default(5) })

const backend = await useBackend(options.backend)
console.error(describeBackends())
const model = NETWORKS.resnet18.build()
const images = tf.randomUniform([BATCH, 240, 240, 1], -0.5, 0.5, 'float32', 1)
const train = createTrainingStep(model, BATCH, 1e-3)

const seconds: number[] = []
for (let step = 0; step <= options.steps; step++) {
  const start = performance.now()
  const loss = await train(images)
  const elapsed = (performance.now() - start) / 1000
  console.error(`step ${step}${step === 0 ? ' (warm-up)' : ''}: ${elapsed.toFixed(2)} s, loss ${loss.toFixed(4)}`)
  if (step > 0) seconds.push(elapsed)
}
await releaseBackend()
console.log(
  JSON.stringify({
    model: 'resnet18',
    backend: backend.name,
    batch: BATCH,
    steps: seconds.length,
    medianSeconds: median(seconds),
    fastestSeconds: Math.min(...seconds),
  }),
)
