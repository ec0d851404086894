import * as tf from '@tensorflow/tfjs-core'
// It registers the gradients of TensorFlow.js: loaded later, it would put them back in place of these.
import '@tensorflow/tfjs-layers'
import { fusedBatchNormGradient } from './fused-batch-norm.ts'
import { meanGradient } from './mean.ts'
import { mirrorPadGradient } from './mirror-pad.ts'
import { resizeNearestNeighborGradKernel } from './resize-nearest.ts'
import { squareGradient } from './square.ts'
import { sumGradient } from './sum.ts'

/** Replaces incorrect or slow TensorFlow.js gradients on every loaded backend. Repeated calls are harmless. */
export function registerGradients(): void {
  for (const gradient of [fusedBatchNormGradient, meanGradient, mirrorPadGradient, squareGradient, sumGradient]) {
    if (tf.getGradient(gradient.kernelName)) tf.unregisterGradient(gradient.kernelName)
    tf.registerGradient(gradient)
  }
  const kernel = resizeNearestNeighborGradKernel
  for (const backendName of ['cpu', 'wasm']) {
    if (!tf.getKernel(kernel.kernelName, backendName)) continue
    tf.unregisterKernel(kernel.kernelName, backendName)
    tf.registerKernel({ ...kernel, backendName })
  }
}
