import * as tf from '@tensorflow/tfjs-core'
import type { Lowering, NumberType, Operation, Value } from '../lowering/value.ts'
import { areFloats, areFloatsOrIntegers, type Kernel } from './kernel.ts'

/** Replaces negative indices, which the runtime would count from the end, by `replacement`. */
export function replaceNegative({ graph }: Lowering, indices: string, replacement: number): string {
  const zero = graph.addScalar(0, 'int32')
  const invalid = graph.addScalar(replacement, 'int32')
  return graph.addNode('Where', [graph.addNode('Less', [indices, zero]), invalid, indices])
}

const gather: Operation = {
  name: 'GatherV2',
  lower(lowering, { inputs, attributes, shape }) {
    const [x, indices] = inputs as [Value, Value]
    const axis = attributes['axis'] as number
    const names = [
      lowering.lowerPlain(x),
      replaceNegative(lowering, lowering.lowerPlain(indices), x.shape[axis] as number),
    ]
    return { name: lowering.graph.addNode('Gather', names, { axis }), layout: undefined, shape }
  },
}

const oneHot: Operation = {
  name: 'OneHot',
  lower(lowering, { inputs, attributes, shape }) {
    const { depth, on, off } = attributes as { depth: number; on: number; off: number }
    const { graph } = lowering
    // The row of an index out of range has only off values.
    const indices = replaceNegative(lowering, lowering.lowerPlain(inputs[0] as Value), depth)
    const name = graph.addNode('OneHot', [
      graph.addNode('Cast', [indices], { to: 7 }),
      graph.addConstant(BigInt64Array.of(BigInt(depth)), 'int64', []),
      graph.addConstant(Float32Array.of(off, on), 'float32', [2]),
    ])
    return { name, layout: undefined, shape }
  },
}

/** Returns one of the two outputs of TopK. */
function topK(name: string, output: 0 | 1): Operation {
  return {
    name,
    lower(lowering, { inputs, attributes, shape }) {
      const { graph } = lowering
      const names = [lowering.lowerPlain(inputs[0] as Value), graph.addIntegers([attributes['k'] as number])]
      const result = graph.addMultiOutputNode('TopK', names, { axis: -1 }, 2)[output] as string
      return { name: output === 0 ? result : graph.addNode('Cast', [result], { to: 6 }), layout: undefined, shape }
    },
  }
}

const TOP_K_VALUES = topK('TopK values', 0)
const TOP_K_INDICES = topK('TopK indices', 1)

/** Kernels that gather by index, encode indices, and find the largest numbers. */
export const INDEXING_KERNELS: readonly Kernel[] = [
  {
    name: 'GatherV2',
    supports: ([x, indices], { batchDims }) =>
      areFloatsOrIntegers([x, indices] as tf.TensorInfo[]) && indices?.dtype === 'int32' && !batchDims,
    record: (backend, inputs, attributes) => {
      const { x, indices } = inputs as Record<'x' | 'indices', tf.TensorInfo>
      const [axis] = tf.util.parseAxisParam(attributes['axis'], x.shape) as [number]
      const limit = x.shape[axis] as number
      const { data } = backend.getValue(indices).stored ?? {}
      for (const index of data ?? []) {
        tf.util.assert(
          index >= 0 && index < limit,
          () => `GatherV2: the index value ${index} is not in [0, ${limit - 1}]`,
        )
      }
      const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
      return backend.record(gather, [x, indices], { attributes: { axis }, shape, type: x.dtype as NumberType })
    },
  },
  {
    name: 'OneHot',
    supports: ([indices], { dtype, depth }) =>
      indices?.dtype === 'int32' &&
      indices.shape.length > 0 &&
      !indices.shape.includes(0) &&
      (dtype ?? 'float32') === 'float32' &&
      depth > 0,
    record: (backend, inputs, { depth, onValue, offValue }) => {
      const indices = inputs['indices'] as tf.TensorInfo
      const attributes = { depth, on: onValue, off: offValue }
      return backend.record(oneHot, [indices], { attributes, shape: [...indices.shape, depth] })
    },
  },
  {
    name: 'TopK',
    supports: ([x], { k, sorted }) =>
      areFloats([x as tf.TensorInfo]) && k > 0 && sorted !== false && (x as tf.TensorInfo).shape.length > 0,
    record: (backend, inputs, { k }) => {
      const x = inputs['x'] as tf.TensorInfo
      const shape = [...x.shape.slice(0, -1), k as number]
      return [
        backend.record(TOP_K_VALUES, [x], { attributes: { k }, shape }),
        backend.record(TOP_K_INDICES, [x], { attributes: { k }, shape, type: 'int32' }),
      ]
    },
  },
]
