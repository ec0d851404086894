import { type Image, invert, type Keypoints, mapKeypoints, warpAffine } from '@facekp/core'
import { type LoadedGraph, loadGraph } from '@facekp/graph'
import * as tf from '@tensorflow/tfjs-core'
import { type FaceFrame, mapFrameToImage } from './face-frame.ts'
import { MESH_POINTS } from './schemes/mesh468.ts'

/** The mesh of a face. */
export interface Mesh {
  /** The frame whose crop the network saw. */
  readonly frame: FaceFrame
  /** 468 points relative to the frame: 0..1 along its sides. */
  readonly relative: Float32Array
  /** The points in the image. */
  readonly points: Keypoints
  /** Probability that the crop shows a face, 0 to 1. */
  readonly confidence: number
}

/** Finds the mesh in the crop of each frame. */
export type PredictMeshes = (image: Image, frames: readonly FaceFrame[]) => Promise<Mesh[]>

export interface MeshNetwork {
  readonly predict: PredictMeshes
  dispose(): void
}

const INPUT_SIDE = 192

/** Loads FaceMesh on the active backend. */
export async function loadMeshNetwork(): Promise<MeshNetwork> {
  // Loaded only now: importing this package must not cost its weights.
  const { FACEMESH } = await import('./facemesh.embedded.ts')
  const graph = loadGraph(FACEMESH)
  return {
    predict: async (image, frames) => (frames.length === 0 ? [] : predictMeshes(graph, image, frames)),
    dispose: () => graph.dispose(),
  }
}

async function predictMeshes(graph: LoadedGraph, image: Image, frames: readonly FaceFrame[]): Promise<Mesh[]> {
  const size = INPUT_SIDE * INPUT_SIDE * 3
  const pixels = new Float32Array(frames.length * size)
  for (const [i, frame] of frames.entries()) renderCrop(image, frame, pixels.subarray(i * size, (i + 1) * size))
  const input = tf.tensor4d(pixels, [frames.length, INPUT_SIDE, INPUT_SIDE, 3])
  const outputs = graph.run(input)
  try {
    const [points, confidences] = (await Promise.all(outputs.map((output) => output.data()))) as [
      Float32Array,
      Float32Array,
    ]
    return frames.map((frame, i) => {
      const numbers = points.subarray(3 * MESH_POINTS * i, 3 * MESH_POINTS * (i + 1))
      return { ...createMesh(frame, numbers), confidence: confidences[i] as number }
    })
  } finally {
    tf.dispose([input, ...outputs])
  }
}

/** Renders a crop as the network takes it: RGB, 0..1, black beyond the image. */
function renderCrop(image: Image, frame: FaceFrame, pixels: Float32Array): void {
  const areBytes = image.data instanceof Uint8Array
  const border = { constant: areBytes ? 0 : -0.5 }
  const size = { width: INPUT_SIDE, height: INPUT_SIDE }
  const { data, channels } = warpAffine(image, mapFrameToImage(frame, INPUT_SIDE), { ...size, border })
  const factor = areBytes ? 1 / 255 : 1
  const offset = areBytes ? 0 : 0.5
  for (let to = 0; to < pixels.length; to++) {
    const from = channels === 3 ? to : Math.trunc(to / 3)
    pixels[to] = (data[from] as number) * factor + offset
  }
}

/** The network's x and y are pixels of its input, along pixel edges; its z is not used. */
function createMesh(frame: FaceFrame, numbers: Float32Array): Omit<Mesh, 'confidence'> {
  const relative = new Float32Array(2 * MESH_POINTS)
  for (let k = 0; k < relative.length; k++) {
    relative[k] = (numbers[3 * (k >> 1) + (k & 1)] as number) / INPUT_SIDE
  }
  return { frame, relative, points: mapFromFrame(frame, relative) }
}

/** Maps points relative to a frame to the image. */
export function mapFromFrame(frame: FaceFrame, relative: Float32Array): Keypoints {
  const toImage = mapFrameToImage(frame, INPUT_SIDE)
  return mapKeypoints(
    toImage,
    relative.map((value) => value * INPUT_SIDE - 0.5),
  )
}

/** Maps points of the image to those relative to a frame. */
export function mapToFrame(frame: FaceFrame, points: Keypoints): Float32Array {
  return mapKeypoints(invert(mapFrameToImage(frame, INPUT_SIDE)), points).map((value) => (value + 0.5) / INPUT_SIDE)
}
