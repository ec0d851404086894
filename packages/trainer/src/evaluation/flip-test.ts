import type { Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'

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
  const swapped = tf.gather(tf.reshape(flipped.points, [-1, flipIndices.length, 2]), [...flipIndices], 1)
  const unflipped = tf.add(tf.mul(swapped, tf.tensor1d([-1, 1])), tf.tensor1d([1, 0]))
  const points = tf.div<tf.Tensor2D>(tf.add(direct.points, tf.reshape(unflipped, direct.points.shape)), 2)
  if (!direct.confidence || !flipped.confidence) return { points }
  return {
    points,
    confidence: tf.div(tf.add(direct.confidence, tf.gather(flipped.confidence, [...flipIndices], 1)), 2),
  }
}
