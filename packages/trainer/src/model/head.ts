import { FacekpError } from '@facekp/core'
import type { Decoded, Head } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Returns the head of a model that outputs points. */
export function pointsHead(model: tfl.LayersModel): Head {
  return { network: model, decode: ([points]) => ({ points: points as tf.Tensor2D }) }
}

/** Decodes a network's outputs. Throws `MODEL_OUTPUT` if the head does not return `points` points. */
export function decodePoints(head: Head, outputs: tf.Tensor | tf.Tensor[], points: number): Decoded {
  const decoded = head.decode([outputs].flat())
  const { shape } = decoded.points
  if (shape.length === 2 && shape[1] === 2 * points) return decoded
  throw new FacekpError({
    code: 'MODEL_OUTPUT',
    problem: 'the head does not output the points of the dataset',
    received: `points of shape ${JSON.stringify(shape)}`,
    expected: `[batch,${2 * points}]: x and y of ${points} points`,
  })
}
