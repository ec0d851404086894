import * as tf from '@tensorflow/tfjs'
import type { Lowering } from '../lowering/lowering.ts'
import type { NumberType, Operation, Value } from '../lowering/value.ts'
import { floats, floatsOrIntegers, type Kernel, numbers } from './kernel.ts'

function reduction(
  name: string,
  build: (lowering: Lowering, name: string, axes: number[], keepdims: number) => string,
  takes: Kernel['takes'] = floats,
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
    takes,
    record(backend, inputs, { axis, reductionIndices, keepDims }) {
      const x = inputs['x'] as tf.TensorInfo
      const axes = tf.util.parseAxisParam(axis ?? reductionIndices, x.shape)
      const [kept] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
      const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept
      return backend.record(
        operation,
        [x],
        { axes: [...axes], keepDims: Boolean(keepDims) },
        shape,
        x.dtype as NumberType,
      )
    },
  }
}

/** A reduction whose axes are an attribute: all but ReduceSum until opset 18. */
const byAttribute =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string =>
    graph.node(operator, [x], { axes, keepdims })

/** As by attribute, but no number where one of the inputs is none: the runtime's maxima pass over those. */
const orNotANumber =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string => {
    const none = graph.node('Cast', [graph.node('IsNaN', [x])], { to: 1 })
    const any = graph.node('Cast', [graph.node('ReduceMax', [none], { axes, keepdims })], { to: 9 })
    return graph.node('Where', [any, graph.float(Number.NaN), graph.node(operator, [x], { axes, keepdims })])
  }

/** Whether all or any are true, for which the runtime has no node: by the smallest or the largest of 0 and 1. */
const ofBooleans =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string =>
    graph.node('Cast', [graph.node(operator, [graph.node('Cast', [x], { to: 1 })], { axes, keepdims })], { to: 9 })

const booleans: Kernel['takes'] = (inputs) => numbers(inputs) && inputs.every(({ dtype }) => dtype === 'bool')

/** The index of the largest or smallest number; the first of equals. What is no number is passed over. */
function arg(name: 'ArgMax' | 'ArgMin'): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, { inputs, attributes, shape }) {
      const { graph } = lowering
      const x = lowering.plain(inputs[0] as Value)
      const least = graph.float(name === 'ArgMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)
      const found = graph.node(name, [graph.node('Where', [graph.node('IsNaN', [x]), least, x])], {
        axis: attributes['axis'] as number,
        keepdims: 0,
      })
      return { name: graph.node('Cast', [found], { to: 6 }), layout: undefined, shape }
    },
  }
  return {
    name,
    takes: floats,
    record(backend, inputs, attributes) {
      const x = inputs['x'] as tf.TensorInfo
      const [axis] = tf.util.parseAxisParam(attributes['axis'], x.shape) as [number]
      return backend.record(
        operation,
        [x],
        { axis },
        x.shape.filter((_, i) => i !== axis),
        'int32',
      )
    },
  }
}

const softmax: Operation = {
  name: 'Softmax',
  lower: (lowering, { inputs, shape }) => ({
    name: lowering.graph.node('Softmax', [lowering.plain(inputs[0] as Value)], { axis: -1 }),
    layout: undefined,
    shape,
  }),
}

const logSoftmax: Operation = {
  name: 'LogSoftmax',
  lower: (lowering, { inputs, shape }) => ({
    name: lowering.graph.node('LogSoftmax', [lowering.plain(inputs[0] as Value)], { axis: -1 }),
    layout: undefined,
    shape,
  }),
}

const cumsum: Operation = {
  name: 'Cumsum',
  lower(lowering, { inputs, attributes, shape }) {
    const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean }
    const { graph } = lowering
    const place = graph.constant(BigInt64Array.of(BigInt(axis)), 'int64', [])
    const name = graph.node('CumSum', [lowering.plain(inputs[0] as Value), place], {
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    })
    return { name, layout: undefined, shape }
  },
}

/** Many numbers to fewer, or along an axis. */
export const REDUCTIONS: readonly Kernel[] = [
  reduction(
    'Sum',
    ({ graph }, x, axes, keepdims) => graph.node('ReduceSum', [x, graph.integers(axes)], { keepdims }),
    floatsOrIntegers,
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
    takes: ([logits], { dim }) =>
      floats([logits as tf.TensorInfo]) && dim === (logits as tf.TensorInfo).shape.length - 1,
    record: (backend, inputs) => {
      const logits = inputs['logits'] as tf.TensorInfo
      return backend.record(softmax, [logits], {}, logits.shape, 'float32')
    },
  },
  {
    name: 'LogSoftmax',
    takes: ([logits], { axis }) =>
      floats([logits as tf.TensorInfo]) && axis === (logits as tf.TensorInfo).shape.length - 1,
    record: (backend, inputs) => {
      const logits = inputs['logits'] as tf.TensorInfo
      return backend.record(logSoftmax, [logits], {}, logits.shape, 'float32')
    },
  },
  {
    name: 'Cumsum',
    takes: floatsOrIntegers,
    record: (backend, inputs, { axis, exclusive, reverse }) => {
      const x = inputs['x'] as tf.TensorInfo
      const [place] = tf.util.parseAxisParam(axis, x.shape)
      return backend.record(
        cumsum,
        [x],
        { axis: place, exclusive: Boolean(exclusive), reverse: Boolean(reverse) },
        x.shape,
        x.dtype as NumberType,
      )
    },
  },
]
