/**
 * One face at a time, as a browser has it: the small networks of @facekp/models, as they are made and with their batch norms folded,
 * beside the landmark nets of @vladmandic/face-api with the weights that come with it, each from the picture's 0..255 to points read
 * back. On engine wasm, which browsers have, in one thread, and on onnx, which Node has. Writes latency.json and latency.md beside this
 * file. Without the peer, it says so and times the others.
 *
 * Usage: pnpm bench:latency [--engines wasm,onnx] [--rounds N]
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { releaseEngine, useEngine } from '@facekp/backend'
import { createModel, describeModel, foldBatchNorm, type ModelName } from '@facekp/models'
import * as tf from '@tensorflow/tfjs'
import { machineSentence, writeFigures } from './lib/figures.ts'
import { median } from './lib/peer.ts'

const { values } = parseArgs({
  options: { engines: { type: 'string', default: 'wasm,onnx' }, rounds: { type: 'string', default: '200' } },
})
const WARM_UP = 10
const PEER = '@vladmandic/face-api'
/** Networks with the sides of their pictures; the recipes of examples/train-landmarks.ts train the last two. */
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
  readonly picture: string
  readonly parameters: number
  /** From pixels of 0..255 to relative coordinates. */
  readonly points: () => tf.Tensor | Promise<tf.Tensor>
}

/** A network as it is made, and folded. */
function ours([name, side]: (typeof OURS)[number]): Candidate[] {
  const model = createModel(name, { inputSize: side })
  const pixels = tf.randomUniform([1, side, side, 1], 0, 255, 'float32', 1)
  const candidate = (told: string, network: tf.LayersModel): Candidate => ({
    name: told,
    picture: `${side} x ${side} x 1`,
    parameters: describeModel(network).parameters,
    points: () => tf.tidy(() => network.predict(pixels.div(255).sub(0.5)) as tf.Tensor),
  })
  return [candidate(name, model), candidate(`${name}, folded`, foldBatchNorm(model))]
}

/** What is used of the peer. */
interface LandmarkNet {
  loadFromWeightMap(weights: tf.NamedTensorMap): void
  forward(pictures: tf.Tensor): Promise<tf.Tensor>
}
interface FaceApi {
  readonly FaceLandmark68Net: new () => LandmarkNet
  readonly FaceLandmark68TinyNet: new () => LandmarkNet
}

/** The peer's landmark nets; none where it is not installed. Its build for Node takes the TensorFlow.js and the engine that are here. */
function peers(): Candidate[] {
  const require = createRequire(import.meta.url)
  let folder: string
  try {
    folder = dirname(require.resolve(`${PEER}/package.json`))
  } catch {
    return []
  }
  const { FaceLandmark68Net, FaceLandmark68TinyNet } = require(`${PEER}/dist/face-api.node-wasm.js`) as FaceApi
  const pixels = tf.randomUniform([1, 112, 112, 3], 0, 255, 'float32', 1)
  const candidate = (name: string, net: LandmarkNet, file: string): Candidate => {
    const weights = weightsOf(join(folder, 'model', file))
    net.loadFromWeightMap(weights)
    const parameters = Object.values(weights).reduce((sum, { size }) => sum + size, 0)
    return { name: `${PEER}, ${name}`, picture: '112 x 112 x 3', parameters, points: () => net.forward(pixels) }
  }
  return [
    candidate('68 points', new FaceLandmark68Net(), 'face_landmark_68_model'),
    candidate('68 points, tiny', new FaceLandmark68TinyNet(), 'face_landmark_68_tiny_model'),
  ]
}

function weightsOf(path: string): tf.NamedTensorMap {
  const groups = JSON.parse(readFileSync(`${path}-weights_manifest.json`, 'utf8')) as tf.io.WeightsManifestConfig
  const { buffer, byteOffset, byteLength } = readFileSync(`${path}.bin`)
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  return tf.io.decodeWeights(
    bytes,
    groups.flatMap(({ weights }) => weights),
  )
}

async function milliseconds({ points }: Candidate): Promise<number> {
  const start = performance.now()
  const found = await points()
  await found.data()
  const taken = performance.now() - start
  found.dispose()
  return taken
}

const figures: {
  engine: string
  network: string
  picture: string
  parameters: number
  medianMs: number
  fastestMs: number
  /** Of the peer's 68-point net. */
  ofPeer?: number
}[] = []
for (const asked of values.engines.split(',')) {
  const engine = (await useEngine(asked as Parameters<typeof useEngine>[0])).name
  const own = OURS.flatMap(ours)
  const candidates = [...own, ...peers()]
  const times = candidates.map((): number[] => [])
  // All in turn, so that what else the machine does meets each alike.
  for (let round = -WARM_UP; round < Number(values.rounds); round++) {
    for (const [i, candidate] of candidates.entries()) {
      const taken = await milliseconds(candidate)
      if (round >= 0) times[i]?.push(taken)
    }
  }
  const medians = times.map(median)
  const peer = medians[own.length]
  for (const [i, { name, picture, parameters }] of candidates.entries()) {
    const medianMs = medians[i] as number
    const fastestMs = Math.min(...(times[i] as number[]))
    const ratio = peer === undefined ? {} : { ofPeer: medianMs / peer }
    figures.push({ engine, network: name, picture, parameters, medianMs, fastestMs, ...ratio })
    console.error(figures.at(-1))
  }
}
releaseEngine()

writeFigures('latency', { rounds: Number(values.rounds), figures }, [
  '# One face at a time',
  '',
  `Made by \`pnpm bench:latency\`: pixels to points, read back, one picture at a time; medians of ${values.rounds} rounds in turn, and the`,
  `fastest. In the last column the median as a part of that of ${PEER}’s 68-point net, which runs on the same engine`,
  'in the same process. Folded: batch norms in the convolutions before them, by `foldBatchNorm`. Engine wasm has SIMD and one thread. How',
  'well each finds points is not told here.',
  '',
  machineSentence(),
  ...(figures.some(({ ofPeer }) => ofPeer !== undefined) ? [] : ['', `${PEER} was not installed.`]),
  '',
  '| engine | network | picture | parameters | median | fastest | of the peer’s |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...figures.map(
    ({ engine, network, picture, parameters, medianMs, fastestMs, ofPeer }) =>
      `| ${engine} | ${network} | ${picture} | ${parameters.toLocaleString('en-US')} | ${medianMs.toFixed(2)} ms | ${fastestMs.toFixed(2)} ms | ${ofPeer?.toFixed(2) ?? ''} |`,
  ),
  '',
])
