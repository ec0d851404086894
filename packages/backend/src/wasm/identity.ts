import type * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** The same numbers under another name, as every other backend does it: backend wasm copies them. */
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
