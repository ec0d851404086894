import type * as tf from '@tensorflow/tfjs-core'
import { NCHW } from '../lowering/layout.ts'
import { isSameShape } from '../lowering/shape.ts'
import type { Operation, Value } from '../lowering/value.ts'
import { areFloats, type Kernel } from './kernel.ts'
import { asNchw } from './nchw.ts'

type BatchNormAttributes = {
  readonly epsilon: number
  readonly hasScale: boolean
  readonly hasOffset: boolean
}

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + offset. Images use the runtime's own node, which it folds into a convolution.
 */
const batchNorm: Operation = {
  name: 'FusedBatchNorm',
  weights: [1, 2, 3, 4],
  lower(lowering, value) {
    const { epsilon, hasScale, hasOffset } = value.attributes as BatchNormAttributes
    const [x, mean, variance, ...rest] = value.inputs as [Value, Value, Value, ...Value[]]
    const scale = hasScale ? rest[0] : undefined
    const offset = hasOffset ? rest.at(-1) : undefined
    const { graph } = lowering
    const channels = x.shape.slice(-1)
    if (x.shape.length === 4 && [mean, variance, ...rest].every(({ shape }) => isSameShape(shape, channels))) {
      const addUniform = (number: number): string =>
        graph.addConstant(new Float32Array(mean.shape[0] as number).fill(number), 'float32', mean.shape)
      const inputs = [
        lowering.lowerAs(x, NCHW).name,
        scale ? lowering.lowerPlain(scale) : addUniform(1),
        offset ? lowering.lowerPlain(offset) : addUniform(0),
        lowering.lowerPlain(mean),
        lowering.lowerPlain(variance),
      ]
      return asNchw(graph.addNode('BatchNormalization', inputs, { epsilon: { float: epsilon } }), value.shape)
    }
    return lowering.elementwise(value, value.inputs, ([xName, meanName, varianceName, ...others]) => {
      const deviation = graph.addNode('Sqrt', [graph.addNode('Add', [varianceName as string, graph.addFloat(epsilon)])])
      let result = graph.addNode('Div', [graph.addNode('Sub', [xName as string, meanName as string]), deviation])
      if (scale) result = graph.addNode('Mul', [result, others[0] as string])
      if (offset) result = graph.addNode('Add', [result, others.at(-1) as string])
      return result
    })
  },
}

/** Kernel of batch normalization. */
export const NORMALIZATION_KERNELS: readonly Kernel[] = [
  {
    name: 'FusedBatchNorm',
    supports: areFloats,
    record: (backend, inputs, { varianceEpsilon }) => {
      const { x, mean, variance, scale, offset } = inputs as Record<
        'x' | 'mean' | 'variance' | 'scale' | 'offset',
        tf.TensorInfo
      >
      const attributes = { epsilon: varianceEpsilon ?? 0.001, hasScale: Boolean(scale), hasOffset: Boolean(offset) }
      const tensors = [x, mean, variance, ...(scale ? [scale] : []), ...(offset ? [offset] : [])]
      return backend.record(batchNorm, tensors, { attributes, shape: x.shape })
    },
  },
]
