import { ELEMENT_TYPES, type Graph } from '../onnx/graph.ts'

/** The model's first output. */
export const STOP_OUTPUT = 'stop'

/**
 * Lets a model's results stay uncopied. They are written into the memory that the caller gave; the runtime's binding then copies
 * each into a fresh array all the same, a tenth of a training step's time, and cannot be told not to. It goes through the outputs in their
 * order, though, and ends with an error at one of a type that no array of JavaScript has: so such a one is put first. Where a release has an
 * array for it, or copies nothing, the run ends without the error, and as right.
 */
export function avoidOutputCopies(graph: Graph): void {
  const one = graph.addConstant(Float32Array.of(1), 'float32', [1])
  graph.addOutput(
    graph.rename(graph.addNode('Cast', [one], { to: ELEMENT_TYPES.bfloat16 }), STOP_OUTPUT),
    'bfloat16',
    [1],
  )
}

/** Whether it is the error with which a run ends whose results are all there. */
export function isStopError(error: unknown): boolean {
  return String(error).includes(`Tensor type (${ELEMENT_TYPES.bfloat16}) is not supported`)
}
