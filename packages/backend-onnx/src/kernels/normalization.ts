import type * as tf from '@tensorflow/tfjs'
import { NCHW } from '../lowering/layout.ts'
import type { Operation, Value } from '../lowering/value.ts'
import { areFloats, type Kernel } from './kernel.ts'
import { asNchw } from './nchw.ts'

/** (x - mean) / sqrt(variance + epsilon) scale + offset; by the runtime's own node, which it folds into a convolution, for images. */
const batchNorm: Operation = {
  name: 'FusedBatchNorm',
  weights: [1, 2, 3, 4],
  lower(lowering, value) {
    const { epsilon, scaled, moved } = value.attributes as { epsilon: number; scaled: boolean; moved: boolean }
    const [x, mean, variance, ...rest] = value.inputs as [Value, Value, Value, ...Value[]]
    const [scale, offset] = [scaled ? rest[0] : undefined, moved ? rest[scaled ? 1 : 0] : undefined]
    const { graph } = lowering
    if (x.shape.length === 4 && [mean, variance, ...rest].every(({ shape }) => String(shape) === String(x.shape[3]))) {
      const same = (number: number): string =>
        graph.addConstant(new Float32Array(mean.shape[0] as number).fill(number), 'float32', mean.shape)
      const inputs = [
        lowering.lowerAs(x, NCHW).name,
        scale ? lowering.lowerPlain(scale) : same(1),
        offset ? lowering.lowerPlain(offset) : same(0),
        lowering.lowerPlain(mean),
        lowering.lowerPlain(variance),
      ]
      return asNchw(graph.addNode('BatchNormalization', inputs, { epsilon: { float: epsilon } }), value.shape)
    }
    return lowering.elementwise(value, value.inputs, ([input, center, spread, ...others]) => {
      const deviation = graph.addNode('Sqrt', [graph.addNode('Add', [spread as string, graph.addFloat(epsilon)])])
      let result = graph.addNode('Div', [graph.addNode('Sub', [input as string, center as string]), deviation])
      if (scale) result = graph.addNode('Mul', [result, others[0] as string])
      if (offset) result = graph.addNode('Add', [result, others[scale ? 1 : 0] as string])
      return result
    })
  },
}

export const NORMALIZATION_KERNELS: readonly Kernel[] = [
  {
    name: 'FusedBatchNorm',
    supports: areFloats,
    record: (backend, inputs, { varianceEpsilon }) => {
      const { x, mean, variance, scale, offset } = inputs as Record<
        'x' | 'mean' | 'variance' | 'scale' | 'offset',
        tf.TensorInfo
      >
      const attributes = { epsilon: varianceEpsilon ?? 0.001, scaled: Boolean(scale), moved: Boolean(offset) }
      const given = [x, mean, variance, ...(scale ? [scale] : []), ...(offset ? [offset] : [])]
      return backend.record(batchNorm, given, { attributes, shape: x.shape })
    },
  },
]
