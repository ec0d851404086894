import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'

/** Shares the data of a tensor, as every other backend does; the original kernel of wasm copies it. */
export const identity: tf.KernelConfig = {
  kernelName: 'Identity',
  backendName: 'wasm',
  kernelFunc({ inputs, backend }) {
    const { x } = inputs as Record<'x', tf.TensorInfo>
    const wasm = backend as BackendWasm
    wasm.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  },
}
