import type * as tf from '@tensorflow/tfjs'
import type { NumberType } from '../lowering/value.ts'
import { fill } from './elementwise.ts'
import { type Kernel, numbers } from './kernel.ts'

const isNumberType = (dtype: string): boolean => ['float32', 'int32', 'bool'].includes(dtype)

/** Tensors of one number, which is never written out unless it must be. */
export const CREATION: readonly Kernel[] = [
  {
    name: 'Fill',
    takes: (_, { shape, value, dtype }) =>
      typeof value === 'number' &&
      Number.isFinite(value) &&
      !Object.is(value, -0) &&
      isNumberType(dtype ?? 'float32') &&
      !shape.includes(0),
    record: (backend, _, { shape, value, dtype }) => {
      const type = (dtype ?? 'float32') as NumberType
      return backend.record(fill, [], { value: type === 'int32' ? Math.trunc(value) : value }, shape, type)
    },
  },
  ...[
    { name: 'ZerosLike', value: 0 },
    { name: 'OnesLike', value: 1 },
  ].map(
    ({ name, value }): Kernel => ({
      name,
      takes: numbers,
      record: (backend, inputs) => {
        const x = inputs['x'] as tf.TensorInfo
        return backend.record(fill, [], { value }, x.shape, x.dtype as NumberType)
      },
    }),
  ),
]
