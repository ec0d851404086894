import * as tf from '@tensorflow/tfjs'
import type { NumberType } from '../lowering/value.ts'
import type { OnnxBackend } from '../onnx-backend.ts'
import { areNumbers, type Kernel } from './kernel.ts'
import { concat, slice } from './shapes.ts'

/** The parts of `x` along an axis, of the sizes given. */
function partsOf(backend: OnnxBackend, x: tf.TensorInfo, axis: number, sizes: readonly number[]): tf.TensorInfo[] {
  let from = 0
  return sizes.map((size) => {
    const attributes = { begin: x.shape.map((_, i) => (i === axis ? from : 0)), steps: x.shape.map(() => 1) }
    from += size
    const shape = x.shape.map((side, i) => (i === axis ? size : side))
    return backend.record(slice, [x], { attributes, shape, type: x.dtype as NumberType })
  })
}

/** The same data under another shape; the first tensor is used up. */
function reshaped(backend: OnnxBackend, x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  const result = backend.alias(x, shape)
  backend.disposeData(x.dataId)
  return result
}

/** Several tensors to one along an axis, and back. */
export const STACKING_KERNELS: readonly Kernel[] = [
  {
    name: 'SplitV',
    supports: (inputs, { numOrSizeSplits }) => areNumbers(inputs) && ![numOrSizeSplits].flat().includes(0),
    record: (backend, inputs, { numOrSizeSplits, axis }) => {
      const x = inputs['x'] as tf.TensorInfo
      const [place] = tf.util.parseAxisParam(axis, x.shape) as [number]
      return partsOf(backend, x, place, tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, place))
    },
  },
  {
    name: 'Pack',
    supports: (inputs) => areNumbers(inputs) && inputs.every(({ dtype }) => dtype === inputs[0]?.dtype),
    record: (backend, inputs, { axis }) => {
      const parts = Object.values(inputs)
      const [first] = parts as [tf.TensorInfo]
      for (const { shape } of parts) {
        tf.util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must have matching shapes')
      }
      const place = axis < 0 ? axis + first.shape.length + 1 : axis
      const shape = [...first.shape.slice(0, place), 1, ...first.shape.slice(place)]
      if (parts.length === 1) return backend.alias(first, shape)
      const widened = parts.map((part) => ({ ...part, shape }))
      const stacked = shape.map((side, i) => (i === place ? parts.length : side))
      return backend.record(concat, widened, {
        attributes: { axis: place },
        shape: stacked,
        type: first.dtype as NumberType,
      })
    },
  },
  {
    name: 'Unpack',
    supports: areNumbers,
    record: (backend, inputs, { axis }) => {
      const value = inputs['value'] as tf.TensorInfo
      const [place] = tf.util.parseAxisParam(axis, value.shape) as [number]
      const shape = value.shape.filter((_, i) => i !== place)
      const ones = Array<number>(value.shape[place] as number).fill(1)
      return partsOf(backend, value, place, ones).map((part) => reshaped(backend, part, shape))
    },
  },
]
