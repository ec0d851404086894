import { ELEMENT_TYPES, type Graph } from '../onnx/graph.ts'

/** Name of the model's first output. */
export const STOP_OUTPUT = 'stop'

/**
 * Adds a first output that stops the runtime's binding from copying results.
 *
 * Results are written into memory of the caller; the binding then copies each into a new array, which takes a tenth of a training step
 * and cannot be turned off. The binding copies outputs in order and throws at a type for which JavaScript has no array, such as
 * bfloat16. By then all results are written. If a release supports that type or copies nothing, the run ends without the error.
 */
export function avoidOutputCopies(graph: Graph): void {
  const number = graph.addConstant(Float32Array.of(1), 'float32', [1])
  graph.addOutput(
    graph.rename(graph.addNode('Cast', [number], { to: ELEMENT_TYPES.bfloat16 }), STOP_OUTPUT),
    'bfloat16',
    [1],
  )
}

/** Tests whether an error is that of {@link STOP_OUTPUT}, after which all results are written. */
export function isStopError(error: unknown): boolean {
  return String(error).includes(`Tensor type (${ELEMENT_TYPES.bfloat16}) is not supported`)
}
