/**
 * blurPool2d against the plain way, `tf.mirrorPad` and `tf.depthwiseConv2d` of the same filter, forward, and forward and backward, on
 * the maps of an anti-aliased ResNet-18 for 240 x 240 and for every filter size. The plain way has the gradients of
 * @facekp/gradients: TensorFlow.js' own is wrong at the borders. It is measured twice, so that one sees what chance does. Writes
 * blurpool.json and blurpool.md beside this file.
 *
 * Usage: pnpm bench:blurpool [--backends cpu,wasm,onnx] [--rounds N]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { blurPool2d } from '@facekp/blurpool'
import * as tf from '@tensorflow/tfjs'
import { countOption, listOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({ backends: listOption.prefault('cpu,wasm,onnx'), rounds: countOption.default(42) })

const MAPS: readonly { side: number; channels: number; filterSize: number }[] = [
  { side: 119, channels: 64, filterSize: 4 },
  { side: 60, channels: 64, filterSize: 4 },
  { side: 30, channels: 128, filterSize: 4 },
  { side: 15, channels: 256, filterSize: 4 },
  ...[2, 3, 5, 6, 7].map((filterSize) => ({ side: 60, channels: 64, filterSize })),
]

type Blur = (x: tf.Tensor4D) => tf.Tensor4D

/** The plain way, its filter made beforehand. */
function plainly(channels: number, size: number): Blur {
  let row = [1]
  while (row.length < size) row = [...row, 0].map((value, i) => (value + (row[i - 1] ?? 0)) / 2)
  const taps = row.flatMap((a) => row.flatMap((b) => Array<number>(channels).fill(a * b)))
  const filter = tf.tensor4d(taps, [size, size, channels, 1])
  const sides: [number, number] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  return (x) => tf.depthwiseConv2d(tf.mirrorPad(x, [[0, 0], sides, sides, [0, 0]], 'reflect'), filter, 2, 'valid')
}

/** Images lie channels first on backend onnx between convolutions: what a transposition says there costs nothing. */
const onChannelsFirst =
  (blur: Blur): ((x: tf.Tensor) => tf.Tensor) =>
  (x) =>
    tf.transpose(blur(tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D), [0, 3, 1, 2])

async function milliseconds(compute: () => tf.Tensor[]): Promise<number> {
  const start = performance.now()
  const results = tf.tidy(compute)
  await Promise.all(results.map((result) => result.data()))
  const elapsed = performance.now() - start
  tf.dispose(results)
  return elapsed
}

const WAYS = ['plain', 'blurPool', 'plainAgain'] as const
type Way = (typeof WAYS)[number]
/** Milliseconds by way. */
type Times = Record<Way, { readonly forward: number; readonly both: number }>

/** Each of the six orders in turn. */
function rotateOrder(round: number): readonly Way[] {
  const rotated = [...WAYS.slice(round % 3), ...WAYS.slice(0, round % 3)]
  return round % 2 ? rotated.reverse() : rotated
}

const timings: ({ backend: string; map: string; filterSize: number } & Times)[] = []
for (const name of options.backends) {
  const backend = (await useBackend(name as Parameters<typeof useBackend>[0])).name
  const [batch, rounds] = backend === 'cpu' ? [1, 6] : [8, options.rounds]
  for (const { side, channels, filterSize } of MAPS) {
    const arranged = (blur: Blur) =>
      backend === 'onnx' ? onChannelsFirst(blur) : (blur as (x: tf.Tensor) => tf.Tensor)
    const plain = arranged(plainly(channels, filterSize))
    const ways = { plain, blurPool: arranged((x) => blurPool2d(x, { filterSize })), plainAgain: plain }
    const shape = backend === 'onnx' ? [batch, channels, side, side] : [batch, side, side, channels]
    const x = tf.randomUniform(shape, -1, 1, 'float32', 1)
    const dy = tf.randomUniform(
      tf.tidy(() => plain(x).shape),
      -1,
      1,
      'float32',
      2,
    )
    const times = Object.fromEntries(WAYS.map((way) => [way, { forward: [] as number[], both: [] as number[] }]))
    // One task after the other, so that what one leaves to be tidied up is not counted with the other.
    for (const task of ['forward', 'both'] as const) {
      for (let round = 0; round <= rounds; round++) {
        for (const way of rotateOrder(round)) {
          const blur = ways[way]
          const elapsed = await milliseconds(() => {
            if (task === 'forward') return [blur(x)]
            const { value, grad } = tf.valueAndGrad(blur)(x, dy)
            return [value, grad]
          })
          if (round > 0) times[way]?.[task].push(elapsed) // the first compiles, and makes room
        }
      }
    }
    tf.dispose([x, dy])
    const medians = Object.fromEntries(
      Object.entries(times).map(([way, { forward, both }]) => [way, { forward: median(forward), both: median(both) }]),
    ) as Times
    timings.push({ backend, map: `${batch} x ${side} x ${side} x ${channels}`, filterSize, ...medians })
    console.error(timings.at(-1))
  }
}
releaseBackend()

const formatPair = (ours: number, plain: number): string =>
  `${ours.toFixed(1)} against ${plain.toFixed(1)} ms (${(ours / plain).toFixed(2)})`
writeResults(options.out, 'blurpool', { timings }, [
  '# BlurPool',
  '',
  'Made by `pnpm bench:blurpool`: `blurPool2d` with stride 2 against `tf.mirrorPad` and `tf.depthwiseConv2d` of the same filter. Medians,',
  'in turn; in brackets the time as a part of the plain way’s. Backward by the map alone; the plain way with the right gradient',
  'of @facekp/gradients. Last, the plain way against itself, forward, and forward and backward: what chance does.',
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['backend', 'map', 'filter', 'forward', 'forward and backward', 'plain against plain'],
    timings.map(({ backend, map, filterSize, plain, blurPool, plainAgain }) => {
      const chance = (['forward', 'both'] as const)
        .map((task) => (plainAgain[task] / plain[task]).toFixed(2))
        .join(', ')
      return [
        backend,
        map,
        `${filterSize}`,
        formatPair(blurPool.forward, plain.forward),
        formatPair(blurPool.both, plain.both),
        chance,
      ]
    }),
  ),
  '',
])
