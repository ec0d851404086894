import type { Graph } from '@facekp/graph'
import { readGraphModel } from '@facekp/graph/node'

/**
 * FaceMesh by Google (MediaPipe, Apache-2.0), from @vladmandic/human 3.3.6. The sources read it from that package; the build
 * replaces this module by its content.
 */
export const FACEMESH: Graph = readGraphModel({
  json: new URL('../node_modules/@vladmandic/human/models/facemesh.json', import.meta.url),
  sha256: {
    json: 'b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7',
    bin: '3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b',
  },
  // 468 points of x, y and z; the probability that a face is in the crop.
  outputs: ['Identity_2', 'Identity_1'],
})
