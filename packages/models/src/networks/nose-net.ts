import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tfl from '@tensorflow/tfjs-layers'
import { courseNet, type NetOptions } from './course-net.ts'

/**
 * Makes the network of the course's part 1, which predicts the tip of the nose in a gray image of 60 x 80.
 *
 * | layer | output (height, width, channels) | parameters |
 * |---|---|---|
 * | conv 3x3, padding 1, ReLU | 60, 80, 12 | 120 |
 * | max-pool 2x2 | 30, 40, 12 | |
 * | conv 3x3, padding 1, ReLU | 30, 40, 24 | 2,616 |
 * | max-pool 2x2 | 15, 20, 24 | |
 * | conv 3x3, padding 1, ReLU | 15, 20, 36 | 7,812 |
 * | max-pool 2x2 | 7, 10, 36 | |
 * | flatten, dense, ReLU | 500 | 1,260,500 |
 * | dense | 2 | 1,002 |
 *
 * Input: [batch, 60, 80, 1]. Output: [batch, 2], the point's relative coordinates (x + 0.5) / width and
 * (y + 0.5) / height.
 *
 * @example
 * ```ts
 * const model = noseNet({ seed: 1 })
 * const relative = model.predict(tf.zeros([1, 60, 80, 1])) as tf.Tensor2D
 * ```
 *
 * Source: UC Berkeley CS194-26 (2020), project 5, "Facial Keypoint Detection with Neural Networks", part 1.
 */
export function noseNet(options: NetOptions = {}): tfl.LayersModel {
  checkArgument(KINDS.object, options, 'options', 'noseNet')
  return courseNet(
    {
      name: 'noseNet',
      height: 60,
      width: 80,
      convolutions: [
        { filters: 12, kernelSize: 3 },
        { filters: 24, kernelSize: 3 },
        { filters: 36, kernelSize: 3 },
      ],
      dense: [500, 2],
    },
    options,
  )
}
