import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import type { DetectFaces } from '@facekp/detector'
import * as tf from '@tensorflow/tfjs'
import { FACE_API } from './face-api.ts'

const HUMAN = '@vladmandic/human'

/** A detector with its name. */
export interface NamedDetector {
  readonly name: string
  readonly detect: DetectFaces
}

interface HumanResult {
  readonly face: readonly { boxScore: number; box: readonly [number, number, number, number] }[]
}

/** The used part of the package. */
interface Human {
  load(): Promise<void>
  detect(input: tf.Tensor3D): Promise<HumanResult>
}

/** The used part of face-api. */
interface FaceApi {
  readonly nets: { readonly ssdMobilenetv1: { loadFromDisk(folder: string): Promise<void> } }
  readonly SsdMobilenetv1Options: new (options: { minConfidence: number }) => object
  detectAllFaces(
    input: tf.Tensor3D,
    options: object,
  ): Promise<{ score: number; box: { x: number; y: number; width: number; height: number } }[]>
}

/**
 * Loads the detectors of the peers, on the TensorFlow.js of this process: BlazeFace in the pipeline of `@vladmandic/human`, which has the
 * same weights, and the SSD of face-api.
 */
export async function loadPeerDetectors(minScore: number): Promise<NamedDetector[]> {
  return [
    { name: `${HUMAN} BlazeFace`, detect: await loadHuman(minScore) },
    { name: `${FACE_API} SSD MobileNet`, detect: await loadSsd(minScore) },
  ]
}

/** It loads models and WebAssembly by HTTP only: a server on this machine has them. */
async function loadHuman(minConfidence: number): Promise<DetectFaces> {
  const require = createRequire(import.meta.url)
  const entry = require.resolve(HUMAN)
  const { Human } = require(join(dirname(entry), 'human.node-wasm.js')) as { Human: new (config: object) => Human }
  const models = join(dirname(entry), '..', 'models')
  const server = createServer(async ({ url = '' }, response) => {
    response.end(await readFile(join(models, basename(url))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const off = { enabled: false }
  const human = new Human({
    backend: tf.getBackend(),
    modelBasePath: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    debug: false,
    filter: off,
    face: {
      // Its boxes are enlarged by default.
      detector: { rotation: false, maxDetected: 20, minConfidence, scale: 1 },
      mesh: off,
      iris: off,
      emotion: off,
      description: off,
    },
    body: off,
    hand: off,
    object: off,
    gesture: off,
  })
  await human.load()
  server.close()
  return (image) =>
    withTensor(image, async (input) =>
      (await human.detect(input)).face.map(({ boxScore, box: [left, top, width, height] }) => ({
        score: boxScore,
        box: { left, top, width, height },
        points: new Float32Array(),
      })),
    )
}

async function loadSsd(minConfidence: number): Promise<DetectFaces> {
  const require = createRequire(import.meta.url)
  const folder = dirname(require.resolve(`${FACE_API}/package.json`))
  const faceApi = require(`${FACE_API}/dist/face-api.node-wasm.js`) as FaceApi
  await faceApi.nets.ssdMobilenetv1.loadFromDisk(join(folder, 'model'))
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence })
  return (image) =>
    withTensor(image, async (input) =>
      (await faceApi.detectAllFaces(input, options)).map(({ score, box }) => ({
        score,
        box: { left: box.x, top: box.y, width: box.width, height: box.height },
        points: new Float32Array(),
      })),
    )
}

async function withTensor<T>(
  { data, width, height }: Parameters<DetectFaces>[0],
  compute: (input: tf.Tensor3D) => Promise<T>,
): Promise<T> {
  const input = tf.tensor3d(Int32Array.from(data), [height, width, 3], 'int32')
  try {
    return await compute(input)
  } finally {
    input.dispose()
  }
}
