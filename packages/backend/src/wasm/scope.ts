import * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

type Inputs = Record<string, tf.TensorInfo> | readonly tf.TensorInfo[]

/**
 * Runs kernels of backend wasm inside of another kernel and disposes of what they gave, all but what is kept: a kernel has no
 * `tf.tidy`.
 */
export interface Scope {
  /** What a kernel gives for these inputs (a list where the kernel takes any number of them). */
  run(kernelName: string, inputs: Inputs, attrs?: object): tf.TensorInfo
  /** Disposes of a tensor that was made elsewhere too. */
  keep(info: tf.TensorInfo): tf.TensorInfo
  /** A new tensor of this shape, its numbers not set. */
  make(shape: readonly number[]): tf.TensorInfo
  /** Another shape of the same numbers. */
  reshape(x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo
  /** The numbers on the backend's heap; stale as soon as anything else is made. */
  numbers(x: tf.TensorInfo): Float32Array
}

/** Runs `work` in a scope; only what it returns stays. */
export function scoped(backend: BackendWasm, work: (scope: Scope) => tf.TensorInfo): tf.TensorInfo {
  const made: tf.TensorInfo[] = []
  const keep = (info: tf.TensorInfo): tf.TensorInfo => {
    made.push(info)
    return info
  }
  const scope: Scope = {
    keep,
    run(kernelName, inputs, attrs = {}) {
      const kernel = tf.getKernel(kernelName, 'wasm')
      const output = kernel.kernelFunc({ inputs: inputs as tf.NamedTensorInfoMap, attrs: { ...attrs }, backend })
      return keep(output as tf.TensorInfo)
    },
    make: (shape) => keep(backend.makeOutput([...shape], 'float32')),
    reshape: (x, shape) => scope.run('Reshape', { x }, { shape }),
    numbers: (x) => backend.typedArrayFromHeap(x) as Float32Array,
  }
  try {
    const result = work(scope)
    made.splice(made.indexOf(result), 1)
    return result
  } finally {
    for (const { dataId } of made) backend.disposeData(dataId)
  }
}
