/**
 * One face at a time, as a browser has it: the small networks of @facekp/models, as they are made and with their batch norms folded,
 * beside the landmark nets of @vladmandic/face-api with the weights that come with it, each from the input's 0..255 to points read
 * back. On backend wasm, which browsers have, in one thread, and on onnx, which Node has. Writes latency.json and latency.md beside this
 * file. Without the peer, it says so and times the others.
 *
 * Usage: pnpm bench:latency [--backends wasm,onnx] [--rounds N]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { createModel, describeModel, foldBatchNorm, type ModelName } from '@facekp/models'
import * as tf from '@tensorflow/tfjs'
import { FACE_API, FACE_API_SIDE, faceApiNets } from './lib/face-api.ts'
import { countOption, listOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({ backends: listOption.prefault('wasm,onnx'), rounds: countOption.default(200) })
const WARM_UP = 10
/** Networks with the sides of their inputs; the recipes of examples/train-landmarks.ts train the last two. */
const OURS: readonly (readonly [ModelName, number])[] = [
  ['heatmapNet16', 96],
  ['heatmapNet16', 128],
  ['heatmapNet24', 128],
  ['heatmapNet32', 96],
  ['heatmapNet32', 128],
  ['heatmapNet48', 128],
]

interface Candidate {
  readonly name: string
  readonly input: string
  readonly parameters: number
  /** From pixels of 0..255 to relative coordinates. */
  readonly points: () => tf.Tensor | Promise<tf.Tensor>
}

/** A network as it is made, and folded. */
function createCandidates([name, side]: (typeof OURS)[number]): Candidate[] {
  const model = createModel(name, { inputSize: side })
  const pixels = tf.randomUniform([1, side, side, 1], 0, 255, 'float32', 1)
  const candidate = (label: string, network: tf.LayersModel): Candidate => ({
    name: label,
    input: `${side} x ${side} x 1`,
    parameters: describeModel(network).parameters,
    points: () => tf.tidy(() => network.predict(pixels.div(255).sub(0.5)) as tf.Tensor),
  })
  return [candidate(name, model), candidate(`${name}, folded`, foldBatchNorm(model))]
}

/** The peer's networks with its own weights; none where it is not installed. */
function peers(): Candidate[] {
  const pixels = tf.randomUniform([1, FACE_API_SIDE, FACE_API_SIDE, 3], 0, 255, 'float32', 1)
  return faceApiNets().map(({ name, parameters, points }) => ({
    name: `${FACE_API}, ${name}`,
    input: `${FACE_API_SIDE} x ${FACE_API_SIDE} x 3`,
    parameters,
    points: () => points([pixels]),
  }))
}

async function milliseconds({ points }: Candidate): Promise<number> {
  const start = performance.now()
  const output = await points()
  await output.data()
  const elapsed = performance.now() - start
  output.dispose()
  return elapsed
}

const timings: {
  backend: string
  network: string
  input: string
  parameters: number
  medianMs: number
  fastestMs: number
  /** Of the peer's 68-point net. */
  relativeToPeer?: number
}[] = []
for (const requested of options.backends) {
  const backend = (await useBackend(requested as Parameters<typeof useBackend>[0])).name
  const facekp = OURS.flatMap(createCandidates)
  const candidates = [...facekp, ...peers()]
  const times = candidates.map((): number[] => [])
  // All in turn, so that what else the machine does meets each alike.
  for (let round = -WARM_UP; round < options.rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const elapsed = await milliseconds(candidate)
      if (round >= 0) times[i]?.push(elapsed)
    }
  }
  const medians = times.map(median)
  const peer = medians[facekp.length]
  for (const [i, { name, input, parameters }] of candidates.entries()) {
    const medianMs = medians[i] as number
    const fastestMs = Math.min(...(times[i] as number[]))
    const ratio = peer === undefined ? {} : { relativeToPeer: medianMs / peer }
    timings.push({ backend, network: name, input, parameters, medianMs, fastestMs, ...ratio })
    console.error(timings.at(-1))
  }
}
releaseBackend()

writeResults(options.out, 'latency', { rounds: options.rounds, timings }, [
  '# One face at a time',
  '',
  `Made by \`pnpm bench:latency\`: pixels to points, read back, one image at a time; medians of ${options.rounds} rounds in turn, and the`,
  `fastest. In the last column the median as a part of that of ${FACE_API}’s 68-point net, which runs on the same backend`,
  'in the same process. Folded: batch norms in the convolutions before them, by `foldBatchNorm`. Backend wasm has SIMD and one thread. The',
  'accuracy is not compared here.',
  '',
  machineSentence(),
  ...(timings.some(({ relativeToPeer }) => relativeToPeer !== undefined) ? [] : ['', `${FACE_API} was not installed.`]),
  '',
  ...markdownTable(
    ['backend', 'network', 'input', 'parameters', 'median', 'fastest', 'relative to the peer'],
    timings.map((timing) => [
      timing.backend,
      timing.network,
      timing.input,
      timing.parameters.toLocaleString('en-US'),
      `${timing.medianMs.toFixed(2)} ms`,
      `${timing.fastestMs.toFixed(2)} ms`,
      timing.relativeToPeer?.toFixed(2) ?? '',
    ]),
  ),
  '',
])
