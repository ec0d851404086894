/**
 * Runs steps of one network on one backend on demand: the first line of its output names the backend; for each line on standard input, a
 * number of steps, it prints a line of JSON with the milliseconds of each. Its peer is backends_pytorch.py.
 *
 * Usage: tsx backends-runner.ts BACKEND NETWORK train|predict BATCH THREADS
 *
 * BACKEND: a name, or onnx-without-arena, which is backend onnx with its setting arena false.
 */
import { createInterface } from 'node:readline'
import { releaseBackend, useBackend } from '@facekp/backend'
import * as tf from '@tensorflow/tfjs'
import * as z from 'zod'
import { NETWORKS } from './lib/networks.ts'
import { backendOption, countOption, WITHOUT_ARENA } from './lib/options.ts'
import { createTrainingStep } from './lib/training-step.ts'

const argumentsSchema = z.tuple([
  z.union([backendOption, z.literal(WITHOUT_ARENA)]),
  z.enum(['cnn', 'heatmapNet48', 'resnet18', 'resnet50']),
  z.enum(['train', 'predict']),
  countOption,
  countOption,
])
const [backendName, networkName, task, batch, threads] = argumentsSchema.parse(process.argv.slice(2))
const backend = await useBackend(backendName === WITHOUT_ARENA ? 'onnx' : backendName)
if (backend.name === 'onnx') {
  const { configureOnnx } = await import('@facekp/backend-onnx')
  configureOnnx({ threads, arena: backendName !== WITHOUT_ARENA })
}

const { build, shape } = NETWORKS[networkName]
const model = build()
const images = tf.randomUniform([batch, ...shape], -0.5, 0.5, 'float32', 1)
async function predictStep(): Promise<void> {
  const result = model.predict(images) as tf.Tensor
  await result.data()
  result.dispose()
}

const train = createTrainingStep(model, batch)
const step = task === 'train' ? () => train(images) : predictStep
console.log(JSON.stringify({ backend: backend.name, detail: backend.detail }))
for await (const line of createInterface(process.stdin)) {
  const milliseconds: number[] = []
  for (let i = 0; i < Number(line); i++) {
    const start = performance.now()
    await step()
    milliseconds.push(performance.now() - start)
  }
  // The maximum so far, in MiB.
  console.log(JSON.stringify({ milliseconds, peakMemory: process.resourceUsage().maxRSS / 1024 }))
}
await releaseBackend()
