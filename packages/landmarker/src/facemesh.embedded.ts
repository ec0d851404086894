import type { Graph } from '@facekp/graph'
import { readGraphModel } from '@facekp/graph/node'
import { FACEMESH_SOURCE } from './facemesh-source.ts'

/**
 * FaceMesh by Google (MediaPipe, Apache-2.0), from @vladmandic/human 3.3.6. The sources read it from that package; the build
 * replaces this module by its content.
 */
export const FACEMESH: Graph = readGraphModel({
  json: new URL('../node_modules/@vladmandic/human/models/facemesh.json', import.meta.url),
  sha256: FACEMESH_SOURCE.sha256,
  // 468 points of x, y and z; the probability that a face is in the crop; the maps of two early layers.
  outputs: [
    'Identity_2',
    'Identity_1',
    'StatefulPartitionedCall/model_1/p_re_lu_3/Relu',
    'StatefulPartitionedCall/model_1/p_re_lu_6/Relu',
  ],
})
