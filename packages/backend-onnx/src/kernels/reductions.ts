import * as tf from '@tensorflow/tfjs'
import type { Lowering, NumberType, Operation, Value } from '../lowering/value.ts'
import { areFloats, areFloatsOrIntegers, areNumbers, type Kernel } from './kernel.ts'

function reduction(
  name: string,
  build: (lowering: Lowering, name: string, axes: number[], keepdims: number) => string,
  takes: Kernel['supports'] = areFloats,
): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, { inputs, attributes }) {
      const { axes, keepDims } = attributes as { axes: number[]; keepDims: boolean }
      return lowering.reduce(inputs[0] as Value, axes, keepDims, (from, places) =>
        build(lowering, from, places, keepDims ? 1 : 0),
      )
    },
  }
  return {
    name,
    supports: takes,
    record(backend, inputs, { axis, reductionIndices, keepDims }) {
      const x = inputs['x'] as tf.TensorInfo
      const axes = tf.util.parseAxisParam(axis ?? reductionIndices, x.shape)
      const [kept] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
      const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept
      return backend.record(operation, [x], {
        attributes: { axes: [...axes], keepDims: Boolean(keepDims) },
        shape,
        type: x.dtype as NumberType,
      })
    },
  }
}

/** A reduction whose axes are an attribute: all but ReduceSum until opset 18. */
const byAttribute =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string =>
    graph.addNode(operator, [x], { axes, keepdims })

/** As by attribute, but no number where one of the inputs is none: the runtime's maxima pass over those. */
const orNotANumber =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string => {
    const none = graph.addNode('Cast', [graph.addNode('IsNaN', [x])], { to: 1 })
    const any = graph.addNode('Cast', [graph.addNode('ReduceMax', [none], { axes, keepdims })], { to: 9 })
    return graph.addNode('Where', [any, graph.addFloat(Number.NaN), graph.addNode(operator, [x], { axes, keepdims })])
  }

/** Whether all or any are true, for which the runtime has no node: by the smallest or the largest of 0 and 1. */
const ofBooleans =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string =>
    graph.addNode('Cast', [graph.addNode(operator, [graph.addNode('Cast', [x], { to: 1 })], { axes, keepdims })], {
      to: 9,
    })

const booleans: Kernel['supports'] = (inputs) => areNumbers(inputs) && inputs.every(({ dtype }) => dtype === 'bool')

/** The index of the largest or smallest number; the first of equals. What is no number is passed over. */
function arg(name: 'ArgMax' | 'ArgMin'): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, { inputs, attributes, shape }) {
      const { graph } = lowering
      const x = lowering.lowerPlain(inputs[0] as Value)
      const least = graph.addFloat(name === 'ArgMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)
      const found = graph.addNode(name, [graph.addNode('Where', [graph.addNode('IsNaN', [x]), least, x])], {
        axis: attributes['axis'] as number,
        keepdims: 0,
      })
      return { name: graph.addNode('Cast', [found], { to: 6 }), layout: undefined, shape }
    },
  }
  return {
    name,
    supports: areFloats,
    record(backend, inputs, attributes) {
      const x = inputs['x'] as tf.TensorInfo
      const [axis] = tf.util.parseAxisParam(attributes['axis'], x.shape) as [number]
      return backend.record(operation, [x], {
        attributes: { axis },
        shape: x.shape.filter((_, i) => i !== axis),
        type: 'int32',
      })
    },
  }
}

const softmax: Operation = {
  name: 'Softmax',
  lower: (lowering, { inputs, shape }) => ({
    name: lowering.graph.addNode('Softmax', [lowering.lowerPlain(inputs[0] as Value)], { axis: -1 }),
    layout: undefined,
    shape,
  }),
}

const logSoftmax: Operation = {
  name: 'LogSoftmax',
  lower: (lowering, { inputs, shape }) => ({
    name: lowering.graph.addNode('LogSoftmax', [lowering.lowerPlain(inputs[0] as Value)], { axis: -1 }),
    layout: undefined,
    shape,
  }),
}

const cumsum: Operation = {
  name: 'Cumsum',
  lower(lowering, { inputs, attributes, shape }) {
    const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean }
    const { graph } = lowering
    const place = graph.addConstant(BigInt64Array.of(BigInt(axis)), 'int64', [])
    const name = graph.addNode('CumSum', [lowering.lowerPlain(inputs[0] as Value), place], {
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    })
    return { name, layout: undefined, shape }
  },
}

/** Many numbers to fewer, or along an axis. */
export const REDUCTION_KERNELS: readonly Kernel[] = [
  reduction(
    'Sum',
    ({ graph }, x, axes, keepdims) => graph.addNode('ReduceSum', [x, graph.addIntegers(axes)], { keepdims }),
    areFloatsOrIntegers,
  ),
  reduction('Mean', byAttribute('ReduceMean')),
  reduction('Max', orNotANumber('ReduceMax')),
  reduction('Min', orNotANumber('ReduceMin')),
  reduction('Prod', byAttribute('ReduceProd')),
  reduction('All', ofBooleans('ReduceMin'), booleans),
  reduction('Any', ofBooleans('ReduceMax'), booleans),
  arg('ArgMax'),
  arg('ArgMin'),
  {
    name: 'Softmax',
    supports: ([logits], { dim }) =>
      areFloats([logits as tf.TensorInfo]) && dim === (logits as tf.TensorInfo).shape.length - 1,
    record: (backend, inputs) => {
      const logits = inputs['logits'] as tf.TensorInfo
      return backend.record(softmax, [logits], { shape: logits.shape })
    },
  },
  {
    name: 'LogSoftmax',
    supports: ([logits], { axis }) =>
      areFloats([logits as tf.TensorInfo]) && axis === (logits as tf.TensorInfo).shape.length - 1,
    record: (backend, inputs) => {
      const logits = inputs['logits'] as tf.TensorInfo
      return backend.record(logSoftmax, [logits], { shape: logits.shape })
    },
  },
  {
    name: 'Cumsum',
    supports: areFloatsOrIntegers,
    record: (backend, inputs, { axis, exclusive, reverse }) => {
      const x = inputs['x'] as tf.TensorInfo
      const [place] = tf.util.parseAxisParam(axis, x.shape)
      return backend.record(cumsum, [x], {
        attributes: { axis: place, exclusive: Boolean(exclusive), reverse: Boolean(reverse) },
        shape: x.shape,
        type: x.dtype as NumberType,
      })
    },
  },
]
