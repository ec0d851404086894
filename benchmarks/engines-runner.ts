/**
 * Steps of one network on one engine, on demand: for each line on standard input, a number of steps, it prints a line of JSON with the
 * milliseconds that each took. The first line tells engine and memory. Its peer is engines_pytorch.py.
 *
 * Usage: tsx engines-runner.ts ENGINE NETWORK train|predict BATCH THREADS
 */
import { createInterface } from 'node:readline'
import { releaseEngine, useEngine } from '@facekp/backend'
import { adam } from '@facekp/trainer'
import * as tf from '@tensorflow/tfjs'
import { NETWORKS, type NetworkName } from './lib/networks.ts'

const [engineName, networkName, task, batchText, threadsText] = process.argv.slice(2) as [
  Parameters<typeof useEngine>[0],
  NetworkName,
  'train' | 'predict',
  string,
  string,
]
const [batch, threads] = [Number(batchText), Number(threadsText)]
if (engineName === 'tensorflow') process.env['OMP_NUM_THREADS'] = threadsText
const engine = await useEngine(engineName)
if (engine.name === 'onnx') (await import('@facekp/backend-onnx')).setThreads(threads)

const { build, shape, outputs } = NETWORKS[networkName]
const model = build()
const images = tf.randomUniform([batch, ...shape], -0.5, 0.5, 'float32', 1)
const points = tf.randomUniform([batch, outputs], 0, 1, 'float32', 2)
const variables = model.trainableWeights.map((weight) => (weight as unknown as { readonly val: tf.Variable }).val)
const optimizer = adam()

async function trainStep(): Promise<void> {
  const { value, grads } = tf.variableGrads(
    () => tf.losses.meanSquaredError(points, model.apply(images, { training: true }) as tf.Tensor) as tf.Scalar,
    variables,
  )
  optimizer.apply(
    variables,
    variables.map(({ name }) => grads[name] as tf.Tensor),
    1e-4,
  )
  await value.data()
  tf.dispose([value, grads])
}

async function predictStep(): Promise<void> {
  const result = model.predict(images) as tf.Tensor
  await result.data()
  result.dispose()
}

const step = task === 'train' ? trainStep : predictStep
console.log(JSON.stringify({ engine: engine.name, detail: engine.detail }))
for await (const line of createInterface(process.stdin)) {
  const milliseconds: number[] = []
  for (let i = 0; i < Number(line); i++) {
    const start = performance.now()
    await step()
    milliseconds.push(performance.now() - start)
  }
  // The largest so far, in MiB.
  console.log(JSON.stringify({ milliseconds, peakMemory: process.resourceUsage().maxRSS / 1024 }))
}
releaseEngine()
