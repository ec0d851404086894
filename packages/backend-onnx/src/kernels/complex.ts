import type * as tf from '@tensorflow/tfjs-core'
import type { Kernel } from './kernel.ts'

const isComplex = ({ dtype }: tf.TensorInfo): boolean => dtype === 'complex64'

/** Kernels that join and split complex numbers, pairs of tensors; backend cpu computes with them. */
export const COMPLEX_KERNELS: readonly Kernel[] = [
  {
    name: 'Complex',
    supports: () => true,
    record: (backend, inputs) => {
      const { real, imag } = inputs as Record<'real' | 'imag', tf.TensorInfo>
      return backend.makeComplex(real, imag)
    },
  },
  {
    name: 'Real',
    supports: () => true,
    record: (backend, inputs) => {
      const input = inputs['input'] as tf.TensorInfo
      const parts = isComplex(input) && backend.getComplexParts(input.dataId)
      return backend.alias(parts ? parts.real : input, input.shape)
    },
  },
  {
    name: 'Imag',
    supports: ([input]) => input !== undefined && isComplex(input),
    record: (backend, inputs) => {
      const input = inputs['input'] as tf.TensorInfo
      const { imag } = backend.getComplexParts(input.dataId) as { imag: tf.TensorInfo }
      return backend.alias(imag, input.shape)
    },
  },
]
