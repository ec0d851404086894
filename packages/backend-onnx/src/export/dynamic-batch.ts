import { FacekpError } from '@facekp/core'
import type { Dimension, Graph } from '../onnx/graph.ts'

/**
 * Makes a graph accept any batch size: shapes that contain the batch size take it from the input, or become "the rest" (-1). The sizes of
 * outputs that depend on the batch size become names: `batch` for the batch size itself.
 *
 * @param otherGraph the same model for another batch size: what differs depends on the batch size
 * @param batchSize the batch size of `graph`
 * @throws {FacekpError} `ONNX_EXPORT` if anything else depends on the batch size
 */
export function makeBatchDynamic(graph: Graph, otherGraph: Graph, batchSize: number): void {
  if (graph.nodes.length !== otherGraph.nodes.length) throw batchSizeError('the choice of operations')
  for (const [i, node] of graph.nodes.entries()) {
    if (JSON.stringify(node) !== JSON.stringify(otherGraph.nodes[i])) throw batchSizeError(`operation ${node.operator}`)
  }
  for (const [name, constant] of [...graph.constants]) {
    const other = otherGraph.constants.get(name)
    if (!other) throw batchSizeError('a constant')
    if (constant.type !== 'int64') {
      if (Buffer.compare(other.bytes, constant.bytes) !== 0) throw batchSizeError('a constant')
      continue
    }
    const shape = toIntegers(constant.bytes)
    const otherShape = toIntegers(other.bytes)
    const differing = [...shape.keys()].filter((i) => shape[i] !== otherShape[i])
    const [index] = differing
    if (index === undefined) continue
    const users = graph.nodes.filter(({ inputs }) => inputs.includes(name)).map(({ operator }) => operator)
    if (differing.length === 1 && users.every((operator) => operator === 'Reshape')) {
      shape[index] = -1n
      constant.bytes = new Uint8Array(shape.buffer)
    } else if (differing.every((i) => shape[i] === BigInt(batchSize))) {
      takeBatchFromInput({ graph, name, shape, batchAxes: differing })
    } else throw batchSizeError(`operation ${[...new Set(users)].join(', ')}`)
  }
  nameBatchDimensions(graph, otherGraph, batchSize)
}

function toIntegers(bytes: Uint8Array): BigInt64Array {
  return new BigInt64Array(bytes.slice().buffer)
}

/** Replaces the constant `name` by the same shape with the input's batch size at the places `batchAxes`. */
function takeBatchFromInput({ graph, name, shape, batchAxes }: ShapeConstant): void {
  const batch = `${name} batch`
  const parts = Array.from(shape, (side, axis) =>
    batchAxes.includes(axis) ? batch : graph.addConstant(BigInt64Array.of(side), 'int64', [1]),
  )
  const [input] = graph.inputs as [Graph['inputs'][number]]
  const node = { domain: '', label: 'batch' } as const
  graph.constants.delete(name)
  graph.nodes.unshift(
    { ...node, operator: 'Shape', inputs: [input.name], outputs: [batch], attributes: { start: 0, end: 1 } },
    { ...node, operator: 'Concat', inputs: parts, outputs: [name], attributes: { axis: 0 } },
  )
}

interface ShapeConstant {
  readonly graph: Graph
  readonly name: string
  readonly shape: BigInt64Array
  readonly batchAxes: readonly number[]
}

/** Replaces the sizes of outputs that differ from those of the other graph by names. */
function nameBatchDimensions(graph: Graph, otherGraph: Graph, batchSize: number): void {
  for (const [i, output] of graph.outputs.entries()) {
    const others = otherGraph.outputs[i]?.dimensions
    const dimensions = output.dimensions.map((side, axis): Dimension => {
      if (side === others?.[axis]) return side
      return side === batchSize ? 'batch' : `${output.name}_${axis}`
    })
    graph.outputs[i] = { ...output, dimensions }
  }
}

function batchSizeError(part: string): FacekpError {
  return new FacekpError({
    code: 'ONNX_EXPORT',
    problem: `the model cannot be exported for any batch size: ${part} depends on the batch size`,
    expected: 'a model that uses the batch size in shapes only',
  })
}
