import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { type Views, viewNumbers } from './view-numbers.ts'

type Inputs = Record<string, tf.TensorInfo> | readonly tf.TensorInfo[]

/**
 * Runs kernels of backend wasm inside another kernel and disposes of intermediate tensors, since `tf.tidy` does not work there.
 */
export interface Scope {
  /** Runs a kernel on its inputs (a list if the kernel takes any number). */
  run(kernelName: string, inputs: Inputs, attrs?: object): tf.TensorInfo
  /** Registers a tensor created elsewhere for disposal. */
  track(info: tf.TensorInfo): tf.TensorInfo
  /** Allocates a tensor; its numbers are not initialized. */
  make(shape: readonly number[]): tf.TensorInfo
  /** Allocates a tensor of zeros. */
  zeros(shape: readonly number[]): tf.TensorInfo
  /** Reshapes a tensor without a copy. */
  reshape(x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo
  /** Views the numbers of tensors on the backend's heap; invalid after the next allocation, so that those used together are viewed together. */
  numbers<const Tensors extends readonly tf.TensorInfo[]>(...tensors: Tensors): Views<Tensors>
}

/** Runs `work` in a scope; only its result survives. */
export function runInScope(backend: BackendWasm, work: (scope: Scope) => tf.TensorInfo): tf.TensorInfo {
  const created: tf.TensorInfo[] = []
  const track = (info: tf.TensorInfo): tf.TensorInfo => {
    created.push(info)
    return info
  }
  const scope: Scope = {
    track,
    run(kernelName, inputs, attrs = {}) {
      const kernel = tf.getKernel(kernelName, 'wasm')
      const output = kernel.kernelFunc({ inputs: inputs as tf.NamedTensorInfoMap, attrs: { ...attrs }, backend })
      return track(output as tf.TensorInfo)
    },
    make: (shape) => track(backend.makeOutput([...shape], 'float32')),
    zeros(shape) {
      const zeros = scope.make(shape)
      scope.numbers(zeros)[0].fill(0)
      return zeros
    },
    reshape: (x, shape) => scope.run('Reshape', { x }, { shape }),
    numbers: (...tensors) => viewNumbers(backend, tensors),
  }
  try {
    const result = work(scope)
    created.splice(created.indexOf(result), 1)
    return result
  } finally {
    for (const { dataId } of created) backend.disposeData(dataId)
  }
}
