import type { Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'

/**
 * Averages what a head decoded from images and from their mirror images.
 *
 * @param flipped decoded from the mirror images
 * @param flipIndices for each point the index of its mirror partner
 */
export function averageFlipped(
  direct: Decoded,
  flipped: Decoded,
  flipIndices: readonly number[],
): Pick<Decoded, 'points' | 'confidence'> {
  const swapped = flipped.points.reshape([-1, flipIndices.length, 2]).gather([...flipIndices], 1)
  const unflipped = swapped.mul(tf.tensor1d([-1, 1])).add(tf.tensor1d([1, 0]))
  const points = direct.points.add(unflipped.reshape(direct.points.shape)).div<tf.Tensor2D>(2)
  if (!direct.confidence || !flipped.confidence) return { points }
  return { points, confidence: direct.confidence.add(flipped.confidence.gather([...flipIndices], 1)).div(2) }
}
