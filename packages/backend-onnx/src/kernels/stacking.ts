import * as tf from '@tensorflow/tfjs-core'
import type { NumberType } from '../lowering/value.ts'
import type { OnnxBackend } from '../onnx-backend.ts'
import { areNumbers, type Kernel } from './kernel.ts'
import { concat, slice } from './shapes.ts'

/** Splits `x` along an axis into parts of these sizes. */
function split(backend: OnnxBackend, x: tf.TensorInfo, axis: number, sizes: readonly number[]): tf.TensorInfo[] {
  let start = 0
  return sizes.map((size) => {
    const attributes = { begin: x.shape.map((_, i) => (i === axis ? start : 0)), steps: x.shape.map(() => 1) }
    start += size
    const shape = x.shape.map((side, i) => (i === axis ? size : side))
    return backend.record(slice, [x], { attributes, shape, type: x.dtype as NumberType })
  })
}

/** Returns a tensor with the same data in another shape, and disposes of `x`. */
function reshapeAndDispose(backend: OnnxBackend, x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  const result = backend.alias(x, shape)
  backend.disposeData(x.dataId)
  return result
}

/** Kernels that join tensors along a new axis, or split one. */
export const STACKING_KERNELS: readonly Kernel[] = [
  {
    name: 'SplitV',
    supports: (inputs, { numOrSizeSplits }) => areNumbers(inputs) && ![numOrSizeSplits].flat().includes(0),
    record: (backend, inputs, { numOrSizeSplits, axis }) => {
      const x = inputs['x'] as tf.TensorInfo
      const [splitAxis] = tf.util.parseAxisParam(axis, x.shape) as [number]
      return split(backend, x, splitAxis, tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, splitAxis))
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
      const newAxis = axis < 0 ? axis + first.shape.length + 1 : axis
      const shape = [...first.shape.slice(0, newAxis), 1, ...first.shape.slice(newAxis)]
      if (parts.length === 1) return backend.alias(first, shape)
      const expanded = parts.map((part) => ({ ...part, shape }))
      const stackedShape = shape.map((side, i) => (i === newAxis ? parts.length : side))
      return backend.record(concat, expanded, {
        attributes: { axis: newAxis },
        shape: stackedShape,
        type: first.dtype as NumberType,
      })
    },
  },
  {
    name: 'Unpack',
    supports: areNumbers,
    record: (backend, inputs, { axis }) => {
      const value = inputs['value'] as tf.TensorInfo
      const [splitAxis] = tf.util.parseAxisParam(axis, value.shape) as [number]
      const shape = value.shape.filter((_, i) => i !== splitAxis)
      const ones = Array<number>(value.shape[splitAxis] as number).fill(1)
      return split(backend, value, splitAxis, ones).map((part) => reshapeAndDispose(backend, part, shape))
    },
  },
]
