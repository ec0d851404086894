/**
 * Times blurPool2d against a reference, `tf.mirrorPad` and `tf.depthwiseConv2d` of the same filter, forward, and forward and backward, on
 * the feature maps of an anti-aliased ResNet-18 for 240 x 240 and for each filter size. The reference uses the corrected gradients that
 * @facekp/backend registers: those of TensorFlow.js are wrong at the borders. It is measured twice, which shows the noise. Writes
 * blurpool.json and blurpool.md.
 *
 * Usage: pnpm bench:blurpool [--backends cpu,wasm,onnx] [--rounds 42] [--out DIR]
 */
import { type BackendName, releaseBackend, useBackend } from '@facekp/backend'
import { blurPool2d } from '@facekp/blurpool'
import * as tf from '@tensorflow/tfjs'
import { backendsOption, countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  backends: backendsOption.prefault('cpu,wasm,onnx'),
  rounds: countOption.default(42),
  out: outOption,
})

interface FeatureMap {
  readonly side: number
  readonly channels: number
  readonly filterSize: number
}

const MAPS: readonly FeatureMap[] = [
  { side: 119, channels: 64, filterSize: 4 },
  { side: 60, channels: 64, filterSize: 4 },
  { side: 30, channels: 128, filterSize: 4 },
  { side: 15, channels: 256, filterSize: 4 },
  ...[2, 3, 5, 6, 7].map((filterSize) => ({ side: 60, channels: 64, filterSize })),
]

const METHODS = ['reference', 'blurPool', 'referenceAgain'] as const
type Method = (typeof METHODS)[number]
const TASKS = ['forward', 'both'] as const
type Task = (typeof TASKS)[number]
/** Milliseconds. */
type Times<T> = Record<Method, Record<Task, T>>

interface Timing extends Times<number> {
  readonly backend: BackendName
  readonly map: string
  readonly filterSize: number
}

type Blur4d = (x: tf.Tensor4D) => tf.Tensor4D
type Blur = (x: tf.Tensor) => tf.Tensor

const timings: Timing[] = []
for (const name of options.backends) {
  const { name: backend } = await useBackend(name)
  for (const map of MAPS) {
    const timing = await timeMap(backend, map)
    timings.push(timing)
    console.error(timing)
  }
}
await releaseBackend()

writeResults(options.out, 'blurpool', { timings }, [
  '# BlurPool',
  '',
  'Measured by `pnpm bench:blurpool`, which compares `blurPool2d` with stride 2 with a reference: `tf.mirrorPad` and `tf.depthwiseConv2d` with the',
  "same filter. Times are medians; all methods run in turn. The number in parentheses is the time divided by the reference's. The backward pass",
  'computes only the gradient of the map, and the reference uses the corrected gradients that `@facekp/backend` registers. The last column shows',
  'the noise: it compares the reference with itself, forward, and forward and backward.',
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['backend', 'map', 'filter', 'forward', 'forward and backward', 'reference against itself'],
    timings.map(({ backend, map, filterSize, reference, blurPool, referenceAgain }) => [
      backend,
      map,
      `${filterSize}`,
      formatPair(blurPool.forward, reference.forward),
      formatPair(blurPool.both, reference.both),
      TASKS.map((task) => (referenceAgain[task] / reference[task]).toFixed(2)).join(', '),
    ]),
  ),
  '',
])

/** Times all methods on one feature map of the active backend. */
async function timeMap(backend: BackendName, { side, channels, filterSize }: FeatureMap): Promise<Timing> {
  const batch = backend === 'cpu' ? 1 : 8
  const rounds = backend === 'cpu' ? 6 : options.rounds
  const toLayout = (blur: Blur4d): Blur => (backend === 'onnx' ? withChannelsFirst(blur) : (blur as Blur))
  const reference = toLayout(createReference(channels, filterSize))
  const blurPool = toLayout((x) => blurPool2d(x, { filterSize }))
  const shape = backend === 'onnx' ? [batch, channels, side, side] : [batch, side, side, channels]
  const x = tf.randomUniform(shape, -1, 1, 'float32', 1)
  const outputShape = tf.tidy(() => reference(x).shape)
  const dy = tf.randomUniform(outputShape, -1, 1, 'float32', 2)
  const times = await timeRounds({ reference, blurPool, referenceAgain: reference }, { x, dy, rounds })
  tf.dispose([x, dy])
  const medians = Object.fromEntries(
    METHODS.map((method) => [method, { forward: median(times[method].forward), both: median(times[method].both) }]),
  ) as Times<number>
  return { backend, map: `${batch} x ${side} x ${side} x ${channels}`, filterSize, ...medians }
}

/** Times the methods in turn, after a round that compiles and allocates. */
async function timeRounds(
  methods: Readonly<Record<Method, Blur>>,
  { x, dy, rounds }: { readonly x: tf.Tensor; readonly dy: tf.Tensor; readonly rounds: number },
): Promise<Times<number[]>> {
  const times: Times<number[]> = {
    reference: { forward: [], both: [] },
    blurPool: { forward: [], both: [] },
    referenceAgain: { forward: [], both: [] },
  }
  // One task after the other, so that garbage of one is not collected during the other.
  for (const task of TASKS) {
    for (let round = 0; round <= rounds; round++) {
      for (const method of rotateOrder(round)) {
        const elapsed = await timeOutputs(() => runTask(task, methods[method], x, dy))
        if (round > 0) times[method][task].push(elapsed)
      }
    }
  }
  return times
}

function runTask(task: Task, blur: Blur, x: tf.Tensor, dy: tf.Tensor): tf.Tensor[] {
  if (task === 'forward') return [blur(x)]
  const { value, grad } = tf.valueAndGrad(blur)(x, dy)
  return [value, grad]
}

/** Creates the reference with its filter. */
function createReference(channels: number, size: number): Blur4d {
  let row = [1]
  while (row.length < size) row = [...row, 0].map((value, i) => (value + (row[i - 1] ?? 0)) / 2)
  const taps = row.flatMap((a) => row.flatMap((b) => Array<number>(channels).fill(a * b)))
  const filter = tf.tensor4d(taps, [size, size, channels, 1])
  const padding: [number, number] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  return (x) => tf.depthwiseConv2d(tf.mirrorPad(x, [[0, 0], padding, padding, [0, 0]], 'reflect'), filter, 2, 'valid')
}

/** Applies a blur to channels first: backend onnx stores images so between convolutions, and skips these transpositions. */
function withChannelsFirst(blur: Blur4d): Blur {
  return (x) => tf.transpose(blur(tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D), [0, 3, 1, 2])
}

/** Returns milliseconds until all outputs are read back. */
async function timeOutputs(compute: () => tf.Tensor[]): Promise<number> {
  const start = performance.now()
  const results = tf.tidy(compute)
  await Promise.all(results.map((result) => result.data()))
  const elapsed = performance.now() - start
  tf.dispose(results)
  return elapsed
}

/** Returns each of the six orders in turn. */
function rotateOrder(round: number): readonly Method[] {
  const rotated = [...METHODS.slice(round % 3), ...METHODS.slice(0, round % 3)]
  return round % 2 ? rotated.reverse() : rotated
}

function formatPair(time: number, reference: number): string {
  return `${time.toFixed(1)} against ${reference.toFixed(1)} ms (${(time / reference).toFixed(2)})`
}
