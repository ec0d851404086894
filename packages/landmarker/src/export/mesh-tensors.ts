import type { OnnxFunction } from '@facekp/backend-onnx'
import { type Graph, loadGraph } from '@facekp/graph'
import * as tf from '@tensorflow/tfjs-core'
import type { LinearMap } from '../few-shot/ridge.ts'
import { INPUT_SIDE } from '../mesh-network.ts'
import { MESH_FLIP, MESH_POINTS } from '../mesh-points.ts'
import { averageWithMirrored, toPixels } from './point-tensors.ts'

const SIZE = { width: INPUT_SIDE, height: INPUT_SIDE }

/** How points come from those of a mesh: some of them, or by a linear map of the numbers relative to the crop. */
export type PointsFromMesh = { readonly indices: readonly number[] } | { readonly map: LinearMap }

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
        const { mesh, confidence } = computeMesh(graph.run(image as tf.Tensor4D))
        let averaged = mesh
        if (tta) {
          const mirrored = computeMesh(graph.run(tf.reverse(image as tf.Tensor4D, 2)))
          averaged = averageWithMirrored(mesh, mirrored.mesh, MESH_FLIP)
        }
        return [toPixels(computePoints(averaged, points), SIZE), confidence, toPixels(mesh, SIZE)]
      } finally {
        graph.dispose()
      }
    },
  }
}

/** Points relative to the crop, 0..1 along its sides: [batch, 468, 2]. */
function computeMesh([points, confidence]: readonly tf.Tensor4D[]): {
  readonly mesh: tf.Tensor3D
  readonly confidence: tf.Tensor1D
} {
  const numbers = tf.reshape(points as tf.Tensor4D, [-1, MESH_POINTS, 3])
  const mesh = tf.div<tf.Tensor3D>(tf.slice(numbers, [0, 0, 0], [-1, -1, 2]), INPUT_SIDE)
  return { mesh, confidence: tf.reshape(confidence as tf.Tensor4D, [-1]) }
}

function computePoints(mesh: tf.Tensor3D, points: PointsFromMesh): tf.Tensor3D {
  if ('indices' in points) return tf.gather(mesh, [...points.indices], 1)
  const { means, offsets, coefficients } = points.map
  const features = tf.sub(tf.reshape(mesh, [-1, means.length]), tf.tensor1d(Float32Array.from(means)))
  const matrix = tf.tensor2d(Float32Array.from(coefficients), [means.length, offsets.length])
  const numbers = tf.add(tf.matMul(features as tf.Tensor2D, matrix), tf.tensor1d(Float32Array.from(offsets)))
  return tf.reshape(numbers, [-1, offsets.length / 2, 2])
}
