/**
 * Times predictions of one face at a time, as in a browser: the small networks of @facekp/models, as created and with folded batch norms,
 * and the landmark nets of @vladmandic/face-api with their own weights, from input of 0..255 to keypoints read back. On backend wasm, which
 * browsers have, in one thread, and on onnx, which Node.js has. Writes latency.json and latency.md. The peer is optional.
 *
 * Usage: pnpm bench:latency [--backends wasm,onnx] [--rounds 200] [--out DIR]
 */
import { type BackendName, releaseBackend, useBackend } from '@facekp/backend'
import { createModel, describeModel, foldBatchNorm, type ModelName } from '@facekp/models'
import * as tf from '@tensorflow/tfjs'
import { FACE_API, FACE_API_SIDE, loadFaceApiNets } from './lib/face-api.ts'
import { backendsOption, countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  backends: backendsOption.prefault('wasm,onnx'),
  rounds: countOption.default(200),
  out: outOption,
})
const WARM_UP_ROUNDS = 10
/** Networks and the sides of their inputs; recipes `faces` and `facesSmall` train the last two. */
const NETWORKS: readonly (readonly [ModelName, number])[] = [
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
  /** Predicts relative coordinates from pixels of 0..255. */
  readonly predict: () => tf.Tensor | Promise<tf.Tensor>
}

interface Timing {
  readonly backend: BackendName
  readonly network: string
  readonly input: string
  readonly parameters: number
  readonly medianMs: number
  readonly fastestMs: number
  /** Median relative to that of the peer's 68-point net. */
  readonly relativeToPeer?: number
}

const timings: Timing[] = []
for (const name of options.backends) {
  timings.push(...(await timeCandidates((await useBackend(name)).name)))
}
await releaseBackend()

writeResults(options.out, 'latency', { rounds: options.rounds, timings }, [
  '# One face at a time',
  '',
  'Measured by `pnpm bench:latency`: the time from pixels to keypoints that are read back, for one image at a time. The table shows the median and',
  `the fastest of ${options.rounds} rounds; in each round, all networks run in turn. The last column is the median divided by that of the 68-point network of`,
  `${FACE_API}, which runs on the same backend in the same process. "Folded" means that \`foldBatchNorm\` merged batch norms into`,
  'the convolutions before them. Backend wasm has SIMD and one thread. The accuracy is not compared here.',
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

/** Times all networks in turn on the active backend, so that other programs affect each alike. */
async function timeCandidates(backend: BackendName): Promise<Timing[]> {
  const facekp = NETWORKS.flatMap(createCandidates)
  const candidates = [...facekp, ...createPeers()]
  const times = candidates.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < options.rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const elapsed = await timePrediction(candidate)
      if (round >= 0) times[i]?.push(elapsed)
    }
  }
  const medians = times.map(median)
  const peer = medians[facekp.length]
  return candidates.map(({ name, input, parameters }, i) => {
    const medianMs = medians[i] as number
    const fastestMs = Math.min(...(times[i] as number[]))
    const ratio = peer === undefined ? {} : { relativeToPeer: medianMs / peer }
    const timing = { backend, network: name, input, parameters, medianMs, fastestMs, ...ratio }
    console.error(timing)
    return timing
  })
}

/** Creates a network, and the same with folded batch norms. */
function createCandidates([name, side]: (typeof NETWORKS)[number]): Candidate[] {
  const model = createModel(name, { inputSize: side })
  const pixels = tf.randomUniform([1, side, side, 1], 0, 255, 'float32', 1)
  const createCandidate = (label: string, network: tf.LayersModel): Candidate => ({
    name: label,
    input: `${side} x ${side} x 1`,
    parameters: describeModel(network).parameters,
    predict: () => tf.tidy(() => network.predict(pixels.div(255).sub(0.5)) as tf.Tensor),
  })
  return [createCandidate(name, model), createCandidate(`${name}, folded`, foldBatchNorm(model))]
}

/** Loads the peer's networks; none if it is not installed. */
function createPeers(): Candidate[] {
  const pixels = tf.randomUniform([1, FACE_API_SIDE, FACE_API_SIDE, 3], 0, 255, 'float32', 1)
  return loadFaceApiNets().map(({ name, parameters, predict }) => ({
    name: `${FACE_API}, ${name}`,
    input: `${FACE_API_SIDE} x ${FACE_API_SIDE} x 3`,
    parameters,
    predict: () => predict([pixels]),
  }))
}

/** Returns milliseconds until the output is read back. */
async function timePrediction({ predict }: Candidate): Promise<number> {
  const start = performance.now()
  const output = await predict()
  await output.data()
  const elapsed = performance.now() - start
  output.dispose()
  return elapsed
}
