import * as tf from '@tensorflow/tfjs'
import { fusedBatchNormGradient } from './fused-batch-norm.ts'
import { meanGradient } from './mean.ts'
import { mirrorPadGradient } from './mirror-pad.ts'
import { squareGradient } from './square.ts'
import { sumGradient } from './sum.ts'

/** Puts right gradients in the place of those that TensorFlow.js has wrong or slow, for every engine. May be called again. */
export function registerGradients(): void {
  for (const gradient of [fusedBatchNormGradient, meanGradient, mirrorPadGradient, squareGradient, sumGradient]) {
    if (tf.getGradient(gradient.kernelName)) tf.unregisterGradient(gradient.kernelName)
    tf.registerGradient(gradient)
  }
}
