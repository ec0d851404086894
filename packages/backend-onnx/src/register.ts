import '@tensorflow/tfjs-backend-cpu' // runs what ONNX Runtime lacks
import { registerGradients } from '@facekp/gradients'
import * as tf from '@tensorflow/tfjs-core'
import { OPTIMIZER_KERNELS } from './kernels/adam/adam.ts'
import { COMPLEX_KERNELS } from './kernels/complex.ts'
import { CONVOLUTION_KERNELS } from './kernels/convolution/kernels.ts'
import { cpuFallback } from './kernels/cpu-fallback.ts'
import { CREATION_KERNELS } from './kernels/creation.ts'
import { CROPPING_KERNELS } from './kernels/cropping.ts'
import { ELEMENTWISE_KERNELS } from './kernels/elementwise.ts'
import { INDEXING_KERNELS } from './kernels/indexing.ts'
import type { Kernel } from './kernels/kernel.ts'
import { MATMUL_KERNELS } from './kernels/matmul.ts'
import { NORMALIZATION_KERNELS } from './kernels/normalization.ts'
import { POOLING_KERNELS } from './kernels/pooling.ts'
import { REDUCTION_KERNELS } from './kernels/reductions.ts'
import { RESIZING_KERNELS } from './kernels/resizing.ts'
import { SHAPE_KERNELS } from './kernels/shapes.ts'
import { STACKING_KERNELS } from './kernels/stacking.ts'
import { OnnxBackend } from './onnx-backend.ts'
import { runtime } from './runtime/onnxruntime.ts'

const KERNELS: readonly Kernel[] = [
  ...CREATION_KERNELS,
  ...ELEMENTWISE_KERNELS,
  ...REDUCTION_KERNELS,
  ...SHAPE_KERNELS,
  ...STACKING_KERNELS,
  ...MATMUL_KERNELS,
  ...CONVOLUTION_KERNELS,
  ...POOLING_KERNELS,
  ...NORMALIZATION_KERNELS,
  ...INDEXING_KERNELS,
  ...RESIZING_KERNELS,
  ...CROPPING_KERNELS,
  ...COMPLEX_KERNELS,
  ...OPTIMIZER_KERNELS,
]

/** Above those of backends cpu (1), wasm (2) and webgl (2); `tf.setBackend` overrides it. */
const PRIORITY = 4

/** The backend that this module registers with TensorFlow.js as `onnx` when it is imported. */
export const backend: OnnxBackend = new OnnxBackend()

tf.env().registerFlag('ONNX_DEBUG', () => false)
tf.registerBackend(
  'onnx',
  () => {
    // If this throws, TensorFlow.js logs the reason and uses the next backend.
    const { isSynchronous } = loadRuntime()
    // Updates in place need synchronous reads; without the kernels, optimizers record plain operations.
    if (!isSynchronous) for (const { name } of OPTIMIZER_KERNELS) tf.unregisterKernel(name, 'onnx')
    return backend
  },
  PRIORITY,
)

/** Loads the runtime; its error has no stack trace, because TensorFlow.js would log all of it. */
function loadRuntime(): ReturnType<typeof runtime> {
  try {
    return runtime()
  } catch (cause) {
    const error = cause as Error
    error.stack = `${error.name}: ${error.message}`
    throw error
  }
}

registerGradients()
for (const { name, supports, record } of KERNELS) {
  tf.registerKernel({
    kernelName: name,
    backendName: 'onnx',
    kernelFunc: ({ inputs, attrs }) => {
      const attributes = (attrs ?? {}) as Record<string, unknown>
      const tensors = (Array.isArray(inputs) ? inputs : Object.values(inputs)).filter(Boolean) as tf.TensorInfo[]
      return supports(tensors, attributes) || !tf.getKernel(name, 'cpu')
        ? record(backend, inputs as unknown as Record<string, tf.TensorInfo>, attributes)
        : cpuFallback(backend, name, inputs as never, attributes)
    },
  })
}
const supportedNames = new Set(KERNELS.map(({ name }) => name))
for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
  if (supportedNames.has(kernelName)) continue
  tf.registerKernel({
    kernelName,
    backendName: 'onnx',
    kernelFunc: ({ inputs, attrs }) => cpuFallback(backend, kernelName, inputs as never, (attrs ?? {}) as never),
  })
}

// Otherwise several steps without an await between them would become one large graph, compiled for their number.
const { minimize } = tf.Optimizer.prototype
tf.Optimizer.prototype.minimize = function (...parameters) {
  const cost = minimize.apply(this, parameters)
  if (tf.getBackend() === 'onnx') backend.flush()
  return cost
}
