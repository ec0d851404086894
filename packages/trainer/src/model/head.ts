import { FacekpError } from '@facekp/core'
import type * as tf from '@tensorflow/tfjs'

/** What a network's outputs say of the points of some pictures. */
export interface Decoded {
  /** [batch, 2 N]: relative coordinates x0 y0 x1 y1 … */
  readonly points: tf.Tensor2D
  /** [batch, N], 0..1: how sure the network is of each; absent where it does not tell. */
  readonly confidence?: tf.Tensor2D
  /** [batch, height, width, N]: how probable each cell of a point's map is; a map's sum is 1, its cells part the picture evenly. */
  readonly heatmaps?: tf.Tensor4D
  /** [batch, N, bins]: the logarithm of how probable each bin is, along x and along y; bins part the picture's sides evenly. */
  readonly simcc?: { readonly x: tf.Tensor3D; readonly y: tf.Tensor3D }
}

/** How points are read from a network, in place of its output being points: `getHead(model)` of `@facekp/models` is one. */
export interface Head {
  /** The model with the outputs that `decode` takes; it shares its weights. */
  readonly network: tf.LayersModel
  /** What the outputs tell; differentiable where a loss takes it. Called within `tf.tidy`. */
  readonly decode: (outputs: readonly tf.Tensor[]) => Decoded
}

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
