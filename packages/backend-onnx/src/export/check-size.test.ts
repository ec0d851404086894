import { expect, test } from '@jest/globals'
import { Graph } from '../onnx/graph.ts'
import { checkSize } from './check-size.ts'

/** Creates a graph whose output is the sum of two constants of this many numbers each. */
function addConstants(size: number): Graph {
  const graph = new Graph()
  // The system provides memory only where it is read or written.
  const [a, b] = [new Float32Array(size), new Float32Array(size)].map((numbers) =>
    graph.addConstant(numbers, 'float32', [size]),
  ) as [string, string]
  graph.addOutput(graph.addNode('Add', [a, b]), 'float32', [size])
  return graph
}

test('weights of 2 GiB do not fit into a file; constants that no operation takes do not count', () => {
  expect(() => checkSize(addConstants(2 ** 28))).toThrow(
    expect.objectContaining({
      code: 'ONNX_EXPORT',
      received: '2.00 GiB',
      expected: expect.stringMatching(/export parts of the model as functions/),
    }),
  )
  const graph = addConstants(2 ** 27)
  graph.addConstant(new Float32Array(2 ** 28), 'float32', [2 ** 28])
  expect(() => checkSize(graph)).not.toThrow()
})
