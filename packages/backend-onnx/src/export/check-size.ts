import { FacekpError } from '@facekp/core'
import { type Graph, MAX_CONSTANT_BYTES } from '../onnx/graph.ts'

/** Checks that the weights of a graph fit into one file. */
export function checkSize(graph: Graph): void {
  const bytes = graph.countConstantBytes()
  if (bytes <= MAX_CONSTANT_BYTES) return
  throw new FacekpError({
    code: 'ONNX_EXPORT',
    problem: 'the weights do not fit into one ONNX file',
    expected: 'less than 2 GiB: export parts of the model as functions, each to a file of its own',
    received: `${(bytes / 2 ** 30).toFixed(2)} GiB`,
  })
}
