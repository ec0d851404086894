import type { OnnxFunction } from '@facekp/backend-onnx'
import type { ModelHead } from '@facekp/models'
import type * as tf from '@tensorflow/tfjs-core'
import { mean, ones, reshape, reverse } from '@tensorflow/tfjs-core'
import type { NetworkInput } from '../predictors/network-model.ts'
import { averageWithMirrored, toPixels } from './point-tensors.ts'

/** What is computed from a crop. */
export interface NetworkTensors {
  readonly head: ModelHead
  readonly input: NetworkInput
  /** For each point the one that it becomes in a mirrored face, to average with mirrored crops; undefined: no average. */
  readonly flip: readonly number[] | undefined
}

/**
 * Creates the function of a landmarker of a trained network: from normalized crops to points and confidence.
 *
 * The input is [batch, height, width, channels], as the network takes it. The outputs are [batch, points, 2] in point coordinates of the
 * crop, and [batch]: the mean confidence of the points, or 1 if the head has none.
 */
export function createNetworkFunction({ head, input, flip }: NetworkTensors): OnnxFunction {
  const compute = (image: tf.Tensor) => {
    const outputs = [head.network.apply(image, { training: false }) as tf.Tensor | tf.Tensor[]].flat()
    const { points, confidence } = head.decode(outputs)
    const [batchSize] = image.shape as [number]
    return {
      relative: reshape(points, [batchSize, -1, 2]) as tf.Tensor3D,
      confidence: confidence ? mean(confidence, 1) : ones([batchSize]),
    }
  }
  return {
    inputName: 'image',
    outputNames: ['points', 'confidence'],
    compute: (image) => {
      const { relative, confidence } = compute(image)
      const averaged = flip ? averageWithMirrored(relative, compute(reverse(image, 2)).relative, flip) : relative
      return [toPixels(averaged, input), confidence]
    },
  }
}
