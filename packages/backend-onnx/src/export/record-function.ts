import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import { collectComputation } from '../execution/computation.ts'
import { GraphLowering } from '../lowering/graph-lowering.ts'
import { toMemoryShape } from '../lowering/layout.ts'
import type { Lowered, Stored, Value } from '../lowering/value.ts'
import { Graph } from '../onnx/graph.ts'
import { backend } from '../register.ts'

/** A function of tensors that can be exported in place of a layers model. */
export interface OnnxFunction {
  readonly inputName: string
  /** One name for each tensor that `compute` returns. */
  readonly outputNames: readonly string[]
  /**
   * Computes the outputs of a batch. It is called while backend onnx is active, must be synchronous, and must not read numbers of tensors
   * that depend on the batch.
   *
   * @param batch [batch, ...inputShape]
   */
  compute(batch: tf.Tensor): tf.Tensor[]
}

/**
 * Records what a function computes for one batch as a graph, with its weights as constants.
 *
 * @param shape of the batch, [batch, ...sample]; its first dimension is named `batch` in the graph's input
 */
export function recordFunction(source: OnnxFunction, shape: readonly number[]): Graph {
  const graph = new Graph([source.inputName, ...source.outputNames])
  tf.tidy(() => {
    const placeholder = backend.createPlaceholder(shape)
    const input = backend.getValue(placeholder)
    const outputs = applyFunction(source, placeholder)
    const { order, leaves } = collectComputation(outputs)
    const lowering = new GraphLowering(graph)
    const name = graph.addInput(source.inputName, 'float32', ['batch', ...shape.slice(1)])
    lowering.set(input, { name, layout: undefined, shape })
    for (const leaf of leaves) {
      if (leaf !== input) lowering.set(leaf, addConstant(lowering, leaf, shape[0] as number))
    }
    lowering.lowerAll(order, outputs)
    for (const [i, output] of outputs.entries()) {
      const outputName = graph.rename(lowering.lowerPlain(output), source.outputNames[i] as string)
      graph.addOutput(outputName, output.type, output.shape)
    }
  })
  return graph
}

function applyFunction(source: OnnxFunction, { dataId, shape }: tf.TensorInfo): Value[] {
  const batch = tf.engine().makeTensorFromDataId(dataId, shape, 'float32')
  try {
    const outputs = source.compute(batch)
    if (outputs.length !== source.outputNames.length) throw outputCountError(source, outputs.length)
    return outputs.map((output) => backend.getValue(output))
  } catch (cause) {
    if (cause instanceof FacekpError && cause.code === 'ONNX_EXPORT') throw cause
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: 'the model cannot be exported',
      expected: 'operations that backend onnx computes itself',
      received: (cause as Error).message,
      cause,
    })
  }
}

function outputCountError({ outputNames }: OnnxFunction, received: number): FacekpError {
  return new FacekpError({
    code: 'ONNX_EXPORT',
    problem: 'the function cannot be exported: compute returns another number of tensors than outputNames has names',
    expected: `${outputNames.length} tensors: ${outputNames.join(', ')}`,
    received: `${received}`,
  })
}

/** Adds a stored value as a constant. Equal numbers for the whole batch, such as an RNN's initial state, become one number. */
function addConstant(lowering: GraphLowering, { shape, type, stored }: Value, batchSize: number): Lowered {
  const { data, layout } = stored as Stored
  const [first] = data
  const isUniform = shape[0] === batchSize && data.every((number) => number === first)
  if (isUniform) return lowering.fill(first as number, shape, type)
  const memoryShape = toMemoryShape(shape, layout)
  return { name: lowering.graph.addConstant(data, type, memoryShape), layout, shape: memoryShape }
}
