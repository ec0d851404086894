import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'

/** The peer: a package of landmark nets with weights. */
export const FACE_API = '@vladmandic/face-api'
/** Width and height of its input images. */
export const FACE_API_SIDE = 112

export interface FaceApiNet {
  readonly name: string
  readonly parameters: number
  /** Predicts 68 keypoints, [batch, 136] relative to the side, in square images, each [1, 112, 112, 3] of 0..255. */
  readonly predict: (images: readonly tf.Tensor[]) => Promise<tf.Tensor>
}

/** The used part of a net of the package. */
interface LandmarkNet {
  loadFromWeightMap(weights: tf.NamedTensorMap): void
  forward(images: readonly tf.Tensor[]): Promise<tf.Tensor>
}
interface FaceApi {
  readonly FaceLandmark68Net: new () => LandmarkNet
  readonly FaceLandmark68TinyNet: new () => LandmarkNet
}

/** Loads its landmark nets; none if it is not installed. They run on the TensorFlow.js and the active backend of this process. */
export function loadFaceApiNets(): FaceApiNet[] {
  const require = createRequire(import.meta.url)
  let folder: string
  try {
    folder = dirname(require.resolve(`${FACE_API}/package.json`))
  } catch {
    return []
  }
  const { FaceLandmark68Net, FaceLandmark68TinyNet } = require(`${FACE_API}/dist/face-api.node-wasm.js`) as FaceApi
  const load = (name: string, net: LandmarkNet, file: string): FaceApiNet => {
    const weights = readWeights(join(folder, 'model', file))
    net.loadFromWeightMap(weights)
    const parameters = Object.values(weights).reduce((sum, { size }) => sum + size, 0)
    return { name, parameters, predict: (images) => net.forward(images) }
  }
  return [
    load('68 points', new FaceLandmark68Net(), 'face_landmark_68_model'),
    load('68 points, tiny', new FaceLandmark68TinyNet(), 'face_landmark_68_tiny_model'),
  ]
}

function readWeights(path: string): tf.NamedTensorMap {
  const groups = JSON.parse(readFileSync(`${path}-weights_manifest.json`, 'utf8')) as tf.io.WeightsManifestConfig
  const { buffer, byteOffset, byteLength } = readFileSync(`${path}.bin`)
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  return tf.io.decodeWeights(
    bytes,
    groups.flatMap(({ weights }) => weights),
  )
}
