import type * as tf from '@tensorflow/tfjs-core'
import type { NumberType } from '../lowering/value.ts'
import { fill } from './elementwise.ts'
import { areNumbers, type Kernel } from './kernel.ts'

const isNumberType = (dtype: string): boolean => ['float32', 'int32', 'bool'].includes(dtype)

/** Kernels that make tensors of one number, which is expanded only if necessary. */
export const CREATION_KERNELS: readonly Kernel[] = [
  {
    name: 'Fill',
    supports: (_, { shape, value, dtype }) =>
      typeof value === 'number' &&
      Number.isFinite(value) &&
      !Object.is(value, -0) &&
      isNumberType(dtype ?? 'float32') &&
      !shape.includes(0),
    record: (backend, _, { shape, value, dtype }) => {
      const type = (dtype ?? 'float32') as NumberType
      return backend.record(fill, [], {
        attributes: { value: type === 'int32' ? Math.trunc(value) : value },
        shape,
        type,
      })
    },
  },
  ...[
    { name: 'ZerosLike', value: 0 },
    { name: 'OnesLike', value: 1 },
  ].map(
    ({ name, value }): Kernel => ({
      name,
      supports: areNumbers,
      record: (backend, inputs) => {
        const x = inputs['x'] as tf.TensorInfo
        return backend.record(fill, [], { attributes: { value }, shape: x.shape, type: x.dtype as NumberType })
      },
    }),
  ),
]
