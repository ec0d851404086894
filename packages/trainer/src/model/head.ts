import { FacekpError } from '@facekp/core'
import type { Decoded, Head } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'

/** That of a model that gives points. */
export function pointsHead(model: tf.LayersModel): Head {
  return { network: model, decode: ([points]) => ({ points: points as tf.Tensor2D }) }
}

/** What the network's outputs tell of so many points. Throws `MODEL_OUTPUT` where it tells of others. */
export function decodePoints({ decode }: Head, outputs: tf.Tensor | tf.Tensor[], points: number): Decoded {
  const decoded = decode([outputs].flat())
  const { shape } = decoded.points
  if (shape.length === 2 && shape[1] === 2 * points) return decoded
  throw new FacekpError({
    code: 'MODEL_OUTPUT',
    problem: 'the head does not tell the points of the data set',
    received: `points of shape ${JSON.stringify(shape)}`,
    expected: `[batch,${2 * points}]: x and y of ${points} points`,
  })
}
