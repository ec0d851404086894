import { type Image, invert, type Keypoints, mapKeypoints, warpAffine } from '@facekp/core'
import { type Graph, type LoadedGraph, loadGraph } from '@facekp/graph'
import * as tf from '@tensorflow/tfjs-core'
import { type FaceFrame, mapFrameToImage, wrapDegrees } from './face-frame.ts'
import type { FeatureMap } from './feature-maps.ts'
import { type HeadPose, measureHeadPose } from './head-pose.ts'
import { MESH_FLIP, MESH_POINTS } from './mesh-points.ts'
import { mirrorPoints } from './mirror-points.ts'

/** The mesh of a face. */
export interface Mesh {
  /** The frame whose crop the network saw, or one close to it. */
  readonly frame: FaceFrame
  /** 468 points relative to the frame: 0..1 along its sides. */
  readonly relative: Float32Array
  /** The points in the image. */
  readonly points: Keypoints
  /** Probability that the crop shows a face, 0 to 1. */
  readonly confidence: number
  /** How the head is turned in the image. */
  readonly pose: HeadPose
  /** Maps of early layers of the network for the crop and, with `tta`, for the mirrored crop, if the network was loaded with maps. */
  readonly maps?: readonly (readonly FeatureMap[])[] | undefined
}

/** Finds the mesh in the crop of each frame; with `tta`, the mean of that and of the mirrored crop's. */
export type PredictMeshes = (image: Image, frames: readonly FaceFrame[], tta?: boolean) => Promise<Mesh[]>

export interface MeshNetwork {
  readonly predict: PredictMeshes
  dispose(): void
}

/** Side of the network's input, in pixels. */
export const INPUT_SIDE = 192
const CROP_LENGTH = INPUT_SIDE * INPUT_SIDE * 3
/** The first outputs of the graph are points and confidences; the others are maps. */
const POINT_OUTPUTS = 2

/** Leaves the outputs that are needed. */
export function pickOutputs(graph: Graph, withMaps: boolean): Graph {
  return withMaps ? graph : { ...graph, outputs: graph.outputs.slice(0, POINT_OUTPUTS) }
}

/**
 * Loads FaceMesh on the active backend.
 *
 * @param withMaps whether meshes hold the maps of early layers
 */
export async function loadMeshNetwork(withMaps = false): Promise<MeshNetwork> {
  // Loaded only now: importing this package must not cost its weights.
  const { FACEMESH } = await import('./facemesh.embedded.ts')
  const graph = loadGraph(pickOutputs(FACEMESH, withMaps))
  return {
    predict: async (image, frames, tta = false) => {
      if (frames.length === 0) return []
      const crops = frames.map((frame) => renderCrop(image, frame))
      const outputs = await runNetwork(graph, tta ? [...crops, ...crops.map(mirrorCrop)] : crops)
      return frames.map((frame, i) => createMesh(frame, outputs[i] as Output, outputs[frames.length + i]))
    },
    dispose: () => graph.dispose(),
  }
}

/** What the network finds in a crop. */
interface Output {
  /** 468 points relative to the crop: 0..1 along its sides. */
  readonly relative: Float32Array
  /** Depth of each point in the same unit, increasing away from the camera. */
  readonly depths: Float32Array
  readonly confidence: number
  readonly maps: readonly FeatureMap[]
}

async function runNetwork(graph: LoadedGraph, crops: readonly Float32Array[]): Promise<Output[]> {
  const pixels = new Float32Array(crops.length * CROP_LENGTH)
  for (const [i, crop] of crops.entries()) pixels.set(crop, i * CROP_LENGTH)
  const input = tf.tensor4d(pixels, [crops.length, INPUT_SIDE, INPUT_SIDE, 3])
  const outputs = graph.run(input)
  try {
    const [points, confidences, ...maps] = (await Promise.all(outputs.map((output) => output.data()))) as [
      Float32Array,
      Float32Array,
      ...Float32Array[],
    ]
    const shapes = outputs.slice(POINT_OUTPUTS).map(({ shape: [, side, , channels] }) => ({ side, channels }))
    return crops.map((_, i) => ({
      ...splitPoints(points.subarray(3 * MESH_POINTS * i, 3 * MESH_POINTS * (i + 1))),
      confidence: confidences[i] as number,
      maps: shapes.map(({ side, channels }, map) => {
        const length = side * side * channels
        return { side, channels, data: (maps[map] as Float32Array).subarray(i * length, (i + 1) * length) }
      }),
    }))
  } finally {
    tf.dispose([input, ...outputs])
  }
}

/** The network's x and y are pixels of its input, along pixel edges; its z is a depth in the same unit. */
function splitPoints(numbers: Float32Array): Pick<Output, 'relative' | 'depths'> {
  const read = (point: number, axis: number): number => (numbers[3 * point + axis] as number) / INPUT_SIDE
  return {
    relative: Float32Array.from({ length: 2 * MESH_POINTS }, (_, k) => read(k >> 1, k & 1)),
    depths: Float32Array.from({ length: MESH_POINTS }, (_, point) => read(point, 2)),
  }
}

/** Renders a crop as the network takes it: RGB, 0..1, black beyond the image. */
function renderCrop(image: Image, frame: FaceFrame): Float32Array {
  const areBytes = image.data instanceof Uint8Array
  const border = { constant: areBytes ? 0 : -0.5 }
  const size = { width: INPUT_SIDE, height: INPUT_SIDE }
  const { data, channels } = warpAffine(image, mapFrameToImage(frame, INPUT_SIDE), { ...size, border })
  const factor = areBytes ? 1 / 255 : 1
  const offset = areBytes ? 0 : 0.5
  const pixels = new Float32Array(CROP_LENGTH)
  for (let to = 0; to < pixels.length; to++) {
    const from = channels === 3 ? to : Math.trunc(to / 3)
    pixels[to] = (data[from] as number) * factor + offset
  }
  return pixels
}

function mirrorCrop(crop: Float32Array): Float32Array {
  const mirrored = new Float32Array(crop.length)
  for (let y = 0; y < INPUT_SIDE; y++) {
    for (let x = 0; x < INPUT_SIDE; x++) {
      const from = 3 * (y * INPUT_SIDE + INPUT_SIDE - 1 - x)
      mirrored.set(crop.subarray(from, from + 3), 3 * (y * INPUT_SIDE + x))
    }
  }
  return mirrored
}

function createMesh(frame: FaceFrame, output: Output, mirrored: Output | undefined): Mesh {
  const { confidence, maps } = output
  const { relative, depths } = mirrored ? averageMirrored(output, mirrored) : output
  const { yaw, pitch, roll } = measureHeadPose({ points: relative, depths })
  const mesh = {
    frame,
    relative,
    points: mapFromFrame(frame, relative),
    confidence,
    pose: { yaw, pitch, roll: wrapDegrees(roll + frame.degrees) },
  }
  if (maps.length === 0) return mesh
  return { ...mesh, maps: mirrored ? [maps, mirrored.maps] : [maps] }
}

function averageMirrored(output: Output, mirrored: Output): Pick<Output, 'relative' | 'depths'> {
  return {
    relative: average(output.relative, mirrorPoints(mirrored.relative, MESH_FLIP)),
    depths: average(
      output.depths,
      output.depths.map((_, point) => mirrored.depths[MESH_FLIP[point] as number] as number),
    ),
  }
}

function average(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, k) => (value + (b[k] as number)) / 2)
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
