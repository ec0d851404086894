import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Keypoints, and what a loss needs beside them, decoded from the outputs of a network. */
export interface Decoded {
  /** [batch, 2 N]: relative coordinates x0 y0 x1 y1 ... */
  readonly points: tf.Tensor2D
  /**
   * [batch, N], 0..1: the probability that the point is at most 1/20 of the image's sides away. Absent if the network does not predict
   * it.
   */
  readonly confidence?: tf.Tensor2D
  /** [batch, height, width, N]: probability of each cell of a point's heatmap; they sum to 1 and divide the image evenly. */
  readonly heatmaps?: tf.Tensor4D
  /** [batch, N, bins]: log-probability of each bin along x and along y; the bins divide the image's sides evenly. */
  readonly simcc?: { readonly x: tf.Tensor3D; readonly y: tf.Tensor3D }
}

/** Decodes keypoints from a network's outputs; `getHead(model)` of `@facekp/models` returns one. */
export interface Head {
  /** The model with the outputs that `decode` takes; it shares the weights of the model that it was made from. */
  readonly network: tfl.LayersModel
  /**
   * Decodes the outputs; differentiable. It must do the same in each step of a training. The caller disposes the tensors, or calls it
   * within `tf.tidy`.
   */
  readonly decode: (outputs: readonly tf.Tensor[]) => Decoded
}
