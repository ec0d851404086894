import type { OnnxFunction } from '@facekp/backend-onnx'
import { type Graph, loadGraph } from '@facekp/graph'
import * as tf from '@tensorflow/tfjs-core'
import type { LinearMap } from '../few-shot/ridge.ts'
import { INPUT_SIDE } from '../mesh-network.ts'
import { MESH_FLIP, MESH_POINTS } from '../mesh-points.ts'
import type { PointRefinement } from '../predictors/refined-regression.ts'
import { averageWithMirrored, mirrorTensor, toPixels } from './point-tensors.ts'
import { refineTensors } from './refine-tensors.ts'

const SIZE = { width: INPUT_SIDE, height: INPUT_SIDE }

/** How points come from those of a mesh: some of them, or by a linear map of the numbers relative to the crop, and refined or not. */
export type PointsFromMesh =
  | { readonly indices: readonly number[] }
  | { readonly map: LinearMap<Float32Array>; readonly refinement?: PointRefinement; readonly flip?: readonly number[] }

/** What is computed from a crop. */
export interface MeshTensors {
  readonly network: Graph
  /** Whether the points are computed from the mean of the mesh and that of the mirrored crop. */
  readonly tta: boolean
  readonly points: PointsFromMesh
}

/**
 * Creates the function of a landmarker of the mesh: from crops to points, confidence and mesh.
 *
 * The input is [batch, 192, 192, 3]: RGB, 0 to 1. The outputs are [batch, points, 2] and [batch, 468, 2] in point coordinates of the
 * crop, and [batch]. The mesh is always that of the crop itself, which crops are refined by.
 */
export function createMeshFunction({ network, tta, points }: MeshTensors): OnnxFunction {
  return {
    inputName: 'image',
    outputNames: ['points', 'confidence', 'mesh'],
    compute: (image) => {
      const graph = loadGraph(network)
      try {
        const view = computeMesh(graph.run(image as tf.Tensor4D))
        const views = tta ? [view, computeMesh(graph.run(tf.reverse(image as tf.Tensor4D, 2)))] : [view]
        const { mesh, confidence } = view
        const [, mirrored] = views
        const averaged = mirrored ? averageWithMirrored(mesh, mirrored.mesh, MESH_FLIP) : mesh
        const refined = refine(computePoints(averaged, points), views, points)
        return [toPixels(refined, SIZE), confidence, toPixels(mesh, SIZE)]
      } finally {
        graph.dispose()
      }
    },
  }
}

/** What the network computes from a crop, or from the mirrored one. */
interface View {
  /** Points relative to the crop, 0..1 along its sides: [batch, 468, 2]. */
  readonly mesh: tf.Tensor3D
  readonly confidence: tf.Tensor1D
  /** Maps of early layers, if the network returns them. */
  readonly maps: readonly tf.Tensor4D[]
}

function computeMesh([points, confidence, ...maps]: readonly tf.Tensor4D[]): View {
  const numbers = tf.reshape(points as tf.Tensor4D, [-1, MESH_POINTS, 3])
  const mesh = tf.div<tf.Tensor3D>(tf.slice(numbers, [0, 0, 0], [-1, -1, 2]), INPUT_SIDE)
  return { mesh, confidence: tf.reshape(confidence as tf.Tensor4D, [-1]), maps }
}

/** Refines points in the crop and, if the refinement suits it, in the mirrored crop; returns the mean. */
function refine(points: tf.Tensor3D, [view, mirrored]: readonly View[], source: PointsFromMesh): tf.Tensor3D {
  if (!('map' in source) || source.refinement === undefined) return points
  const { refinement, flip = [] } = source
  const refined = refineTensors(points, (view as View).maps, refinement)
  if (mirrored === undefined || !refinement.mirrored) return refined
  const other = refineTensors(mirrorTensor(points, flip), mirrored.maps, refinement)
  return averageWithMirrored(refined, other, flip)
}

function computePoints(mesh: tf.Tensor3D, points: PointsFromMesh): tf.Tensor3D {
  if ('indices' in points) return tf.gather(mesh, [...points.indices], 1)
  const { means, offsets, coefficients } = points.map
  const features = tf.sub(tf.reshape(mesh, [-1, means.length]), tf.tensor1d(Float32Array.from(means)))
  const matrix = tf.tensor2d(Float32Array.from(coefficients), [means.length, offsets.length])
  const numbers = tf.add(tf.matMul(features as tf.Tensor2D, matrix), tf.tensor1d(Float32Array.from(offsets)))
  return tf.reshape(numbers, [-1, offsets.length / 2, 2])
}
