import { type Image, invert, type Keypoints, mapKeypoints, warpAffine } from '@facekp/core'
import { type Graph, type LoadedGraph, loadGraph } from '@facekp/graph'
import { readTensors } from '@facekp/tfjs-utils/read-tensors'
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
      const crops = new Float32Array((tta ? 2 : 1) * frames.length * CROP_LENGTH)
      const cropAt = (i: number): Float32Array => crops.subarray(i * CROP_LENGTH, (i + 1) * CROP_LENGTH)
      for (const [i, frame] of frames.entries()) {
        renderCrop(image, frame, cropAt(i))
        if (tta) mirrorCrop(cropAt(i), cropAt(frames.length + i))
      }
      const outputs = await runNetwork(graph, crops)
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

/** @param crops one after another */
async function runNetwork(graph: LoadedGraph, crops: Float32Array): Promise<Output[]> {
  const count = crops.length / CROP_LENGTH
  const outputs = tf.tidy(() => graph.run(tf.tensor4d(crops, [count, INPUT_SIDE, INPUT_SIDE, 3])))
  const [points, confidences, ...maps] = (await readTensors(outputs)) as [Float32Array, Float32Array, ...Float32Array[]]
  const shapes = outputs.slice(POINT_OUTPUTS).map(({ shape: [, side, , channels] }) => ({ side, channels }))
  return Array.from({ length: count }, (_, i) => ({
    ...splitPoints(points.subarray(3 * MESH_POINTS * i, 3 * MESH_POINTS * (i + 1))),
    confidence: confidences[i] as number,
    maps: shapes.map(({ side, channels }, map) => {
      const length = side * side * channels
      return { side, channels, data: (maps[map] as Float32Array).subarray(i * length, (i + 1) * length) }
    }),
  }))
}

/** The network's x and y are pixels of its input, along pixel edges; its z is a depth in the same unit. */
function splitPoints(numbers: Float32Array): Pick<Output, 'relative' | 'depths'> {
  const relative = new Float32Array(2 * MESH_POINTS)
  const depths = new Float32Array(MESH_POINTS)
  for (let point = 0; point < MESH_POINTS; point++) {
    relative[2 * point] = (numbers[3 * point] as number) / INPUT_SIDE
    relative[2 * point + 1] = (numbers[3 * point + 1] as number) / INPUT_SIDE
    depths[point] = (numbers[3 * point + 2] as number) / INPUT_SIDE
  }
  return { relative, depths }
}

/** Renders a crop as the network takes it: RGB, 0..1, black beyond the image. */
function renderCrop(image: Image, frame: FaceFrame, pixels: Float32Array): void {
  const areBytes = image.data instanceof Uint8Array
  const [green, blue] = image.channels === 3 ? [1, 2] : [0, 0]
  const border = { constant: areBytes ? 0 : -0.5 }
  const size = { width: INPUT_SIDE, height: INPUT_SIDE }
  const { data, channels } = warpAffine(image, mapFrameToImage(frame, INPUT_SIDE), { ...size, border })
  const factor = areBytes ? 1 / 255 : 1
  const offset = areBytes ? 0 : 0.5
  for (let to = 0, from = 0; to < pixels.length; to += 3, from += channels) {
    pixels[to] = (data[from] as number) * factor + offset
    pixels[to + 1] = (data[from + green] as number) * factor + offset
    pixels[to + 2] = (data[from + blue] as number) * factor + offset
  }
}

function mirrorCrop(crop: Float32Array, mirrored: Float32Array): void {
  for (let y = 0; y < INPUT_SIDE; y++) {
    const first = 3 * y * INPUT_SIDE
    const last = first + 3 * (INPUT_SIDE - 1)
    for (let to = first, from = last; to <= last; to += 3, from -= 3) {
      mirrored[to] = crop[from] as number
      mirrored[to + 1] = crop[from + 1] as number
      mirrored[to + 2] = crop[from + 2] as number
    }
  }
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
