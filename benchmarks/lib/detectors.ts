import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { DetectFaces } from '@facekp/detector'
import type * as tf from '@tensorflow/tfjs'
import { FACE_API } from './face-api.ts'
import { HUMAN, loadHuman } from './human.ts'
import { withTensor } from './with-tensor.ts'

/** A detector with its name. */
export interface NamedDetector {
  readonly name: string
  readonly detect: DetectFaces
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
    { name: `${HUMAN} BlazeFace`, detect: await loadHumanDetector(minScore) },
    { name: `${FACE_API} SSD MobileNet`, detect: await loadSsd(minScore) },
  ]
}

async function loadHumanDetector(minConfidence: number): Promise<DetectFaces> {
  // Its boxes are enlarged by default.
  const human = await loadHuman({ detector: { minConfidence, scale: 1 }, mesh: { enabled: false } })
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
