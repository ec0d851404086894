import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'

/** The peer: landmark nets for JavaScript, with weights of their own. */
export const FACE_API = '@vladmandic/face-api'
/** Width and height of the images that its nets take. */
export const FACE_API_SIDE = 112

export interface FaceApiNet {
  readonly name: string
  readonly parameters: number
  /** From square images, each [1, 112, 112, 3] of 0..255, to the 68 points of each, [batch, 136], as parts of its side. */
  readonly points: (images: readonly tf.Tensor[]) => Promise<tf.Tensor>
}

/** What is used of the package. */
interface LandmarkNet {
  loadFromWeightMap(weights: tf.NamedTensorMap): void
  forward(images: readonly tf.Tensor[]): Promise<tf.Tensor>
}
interface FaceApi {
  readonly FaceLandmark68Net: new () => LandmarkNet
  readonly FaceLandmark68TinyNet: new () => LandmarkNet
}

/** Its landmark nets; none where it is not installed. Its build for Node takes the TensorFlow.js and the backend that are here. */
export function faceApiNets(): FaceApiNet[] {
  const require = createRequire(import.meta.url)
  let folder: string
  try {
    folder = dirname(require.resolve(`${FACE_API}/package.json`))
  } catch {
    return []
  }
  const { FaceLandmark68Net, FaceLandmark68TinyNet } = require(`${FACE_API}/dist/face-api.node-wasm.js`) as FaceApi
  const loaded = (name: string, net: LandmarkNet, file: string): FaceApiNet => {
    const weights = loadWeights(join(folder, 'model', file))
    net.loadFromWeightMap(weights)
    const parameters = Object.values(weights).reduce((sum, { size }) => sum + size, 0)
    return { name, parameters, points: (images) => net.forward(images) }
  }
  return [
    loaded('68 points', new FaceLandmark68Net(), 'face_landmark_68_model'),
    loaded('68 points, tiny', new FaceLandmark68TinyNet(), 'face_landmark_68_tiny_model'),
  ]
}

function loadWeights(path: string): tf.NamedTensorMap {
  const groups = JSON.parse(readFileSync(`${path}-weights_manifest.json`, 'utf8')) as tf.io.WeightsManifestConfig
  const { buffer, byteOffset, byteLength } = readFileSync(`${path}.bin`)
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  return tf.io.decodeWeights(
    bytes,
    groups.flatMap(({ weights }) => weights),
  )
}
