import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Image, Keypoints } from '@facekp/core'
import { type Landmarker, loadLandmarker, MESH_TO_IBUG_68 } from '@facekp/landmarker'
import type * as tf from '@tensorflow/tfjs'
import { FACE_API } from './face-api.ts'
import { HUMAN, loadHuman } from './human.ts'
import { withTensor } from './with-tensor.ts'

export interface NamedLandmarker {
  readonly name: string
  /** Finds the 68 points of iBUG of each face. */
  readonly detect: (image: Image) => Promise<readonly { readonly points: Keypoints }[]>
  /** Follows the faces of a video. */
  readonly track?: (frames: readonly Image[]) => AsyncIterable<{ readonly faces: readonly object[] }>
}

/** The used part of face-api. */
interface FaceApi {
  readonly nets: Record<'ssdMobilenetv1' | 'faceLandmark68Net', { loadFromDisk(folder: string): Promise<void> }>
  readonly SsdMobilenetv1Options: new (options: { minConfidence: number }) => object
  detectAllFaces(input: tf.Tensor3D, options: object): { withFaceLandmarks(): Promise<FaceApiFace[]> }
}

interface FaceApiFace {
  readonly landmarks: { readonly positions: readonly { x: number; y: number }[] }
}

/** Loads this suite's landmarker and the peers that find the points of iBUG on whole images, on the active backend. */
export async function loadLandmarkers(minScore: number): Promise<NamedLandmarker[]> {
  const landmarker = await loadLandmarker('ibug-68')
  const averaged = await loadLandmarker('ibug-68', { tta: true })
  return [
    nameLandmarker('@facekp/landmarker, ibug-68', landmarker, minScore),
    nameLandmarker('@facekp/landmarker, ibug-68, tta', averaged, minScore),
    { name: `${HUMAN}, mesh, the same 68 of its points`, detect: await loadHumanMesh(minScore) },
    { name: `${FACE_API}, SSD and 68 points`, detect: await loadFaceApi(minScore) },
  ]
}

/** Gives a landmarker of this suite the form of the peers. */
export function nameLandmarker(name: string, landmarker: Landmarker, minScore: number): NamedLandmarker {
  return {
    name,
    detect: async (image) => (await landmarker.detect(image, { minScore })).faces,
    track: (frames) => landmarker.track(frames, { detect: { minScore } }),
  }
}

async function loadHumanMesh(minConfidence: number): Promise<NamedLandmarker['detect']> {
  const human = await loadHuman({ detector: { minConfidence, rotation: true }, mesh: { enabled: true } })
  return (image) =>
    withTensor(image, async (input) =>
      (await human.detect(input)).face.map(({ mesh }) => ({
        points: Float32Array.from(MESH_TO_IBUG_68.flatMap((i) => (mesh[i] as readonly [number, number]).slice(0, 2))),
      })),
    )
}

async function loadFaceApi(minConfidence: number): Promise<NamedLandmarker['detect']> {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve(`${FACE_API}/package.json`)), 'model')
  const faceApi = require(`${FACE_API}/dist/face-api.node-wasm.js`) as FaceApi
  await faceApi.nets.ssdMobilenetv1.loadFromDisk(folder)
  await faceApi.nets.faceLandmark68Net.loadFromDisk(folder)
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence })
  return (image) =>
    withTensor(image, async (input) =>
      (await faceApi.detectAllFaces(input, options).withFaceLandmarks()).map(({ landmarks }) => ({
        points: Float32Array.from(landmarks.positions.flatMap(({ x, y }) => [x, y])),
      })),
    )
}
