import * as tf from '@tensorflow/tfjs-core'
// It registers the gradients of TensorFlow.js: loaded later, it would put them back in place of these.
import '@tensorflow/tfjs-layers'
import { avgPoolGradients } from './avg-pool.ts'
import { broadcastGradients } from './broadcast.ts'
import { cumsumGradient } from './cumsum.ts'
import { fusedBatchNormGradient } from './fused-batch-norm.ts'
import { maxPoolGradient } from './max-pool.ts'
import { meanGradient } from './mean.ts'
import { mirrorPadGradient } from './mirror-pad.ts'
import { resizeBilinearGradient, resizeNearestNeighborGradient } from './resize.ts'
import { squareGradient } from './square.ts'
import { sumGradient } from './sum.ts'

const GRADIENTS: readonly tf.GradConfig[] = [
  ...avgPoolGradients,
  ...broadcastGradients,
  cumsumGradient,
  fusedBatchNormGradient,
  maxPoolGradient,
  meanGradient,
  mirrorPadGradient,
  resizeBilinearGradient,
  resizeNearestNeighborGradient,
  squareGradient,
  sumGradient,
]

/** Replaces incorrect or slow TensorFlow.js gradients on every backend. Repeated calls are harmless. */
export function registerGradients(): void {
  for (const gradient of GRADIENTS) {
    if (tf.getGradient(gradient.kernelName)) tf.unregisterGradient(gradient.kernelName)
    tf.registerGradient(gradient)
  }
}
