import type { Graph } from '@facekp/graph'
import { readGraphModel } from '@facekp/graph/node'

/**
 * BlazeFace for back cameras by Google (MediaPipe, Apache-2.0), as @vladmandic/human 3.3.6 has it. In sources it is read from that
 * package; the build replaces this module by its content.
 */
export const BLAZEFACE: Graph = readGraphModel({
  json: new URL('../node_modules/@vladmandic/human/models/blazeface.json', import.meta.url),
  sha256: {
    json: 'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f',
    bin: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72',
  },
  // Logits and boxes of the grid of 16 x 16 cells, then those of 8 x 8.
  outputs: ['Identity', 'Identity_2', 'Identity_1', 'Identity_3'],
})
