import { registerGradients } from '@facekp/gradients'
import * as tf from '@tensorflow/tfjs'
import { OnnxBackend } from './backend/onnx-backend.ts'
import { OPTIMIZERS } from './kernels/adam.ts'
import { COMPLEX } from './kernels/complex.ts'
import { CONVOLUTION } from './kernels/convolution.ts'
import { CREATION } from './kernels/creation.ts'
import { CROPPING } from './kernels/cropping.ts'
import { ELEMENTWISE } from './kernels/elementwise.ts'
import { byBackendCpu } from './kernels/fallback.ts'
import { INDEXING } from './kernels/indexing.ts'
import type { Kernel } from './kernels/kernel.ts'
import { MATMUL } from './kernels/matmul.ts'
import { NORMALIZATION } from './kernels/normalization.ts'
import { POOLING } from './kernels/pooling.ts'
import { REDUCTIONS } from './kernels/reductions.ts'
import { RESIZING } from './kernels/resizing.ts'
import { SHAPES } from './kernels/shapes.ts'
import { STACKING } from './kernels/stacking.ts'
import { runtime } from './runtime/onnxruntime.ts'

const KERNELS: readonly Kernel[] = [
  ...CREATION,
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...SHAPES,
  ...STACKING,
  ...MATMUL,
  ...CONVOLUTION,
  ...POOLING,
  ...NORMALIZATION,
  ...INDEXING,
  ...RESIZING,
  ...CROPPING,
  ...COMPLEX,
  ...OPTIMIZERS,
]

/** Preferred to backend cpu (1), wasm (2) and webgl (2); a name given to `tf.setBackend` decides all the same. */
const PRIORITY = 4

/** The backend, registered with TensorFlow.js under the name `onnx` as this module is loaded. */
export const backend: OnnxBackend = new OnnxBackend()

tf.env().registerFlag('ONNX_DEBUG', () => false)
tf.registerBackend(
  'onnx',
  () => {
    // Throws where the runtime cannot be loaded: TensorFlow.js then takes the next backend, or tells why.
    const { synchronous } = found()
    // Steps in place need numbers at once; an optimizer then goes by operations that are recorded.
    if (!synchronous) for (const { name } of OPTIMIZERS) tf.unregisterKernel(name, 'onnx')
    return backend
  },
  PRIORITY,
)
/** The runtime; where it cannot be loaded an error without a stack, all of which TensorFlow.js would print. */
function found(): ReturnType<typeof runtime> {
  try {
    return runtime()
  } catch (cause) {
    const error = cause as Error
    error.stack = `${error.name}: ${error.message}`
    throw error
  }
}

registerGradients()
for (const { name, takes, record } of KERNELS) {
  tf.registerKernel({
    kernelName: name,
    backendName: 'onnx',
    kernelFunc: ({ inputs, attrs }) => {
      const attributes = (attrs ?? {}) as Record<string, unknown>
      const given = (Array.isArray(inputs) ? inputs : Object.values(inputs)).filter(Boolean) as tf.TensorInfo[]
      return takes(given, attributes) || !tf.getKernel(name, 'cpu')
        ? record(backend, inputs as unknown as Record<string, tf.TensorInfo>, attributes)
        : byBackendCpu(backend, name, inputs as never, attributes)
    },
  })
}
const native = new Set(KERNELS.map(({ name }) => name))
for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
  if (native.has(kernelName)) continue
  tf.registerKernel({
    kernelName,
    backendName: 'onnx',
    kernelFunc: ({ inputs, attrs }) => byBackendCpu(backend, kernelName, inputs as never, (attrs ?? {}) as never),
  })
}

// Steps that follow each other without an await in between would otherwise become one graph, of a structure of its own.
const { minimize } = tf.Optimizer.prototype
tf.Optimizer.prototype.minimize = function (...parameters) {
  const cost = minimize.apply(this, parameters)
  if (tf.getBackend() === 'onnx') backend.flush()
  return cost
}
