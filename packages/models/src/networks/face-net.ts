import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tfl from '@tensorflow/tfjs-layers'
import { courseNet, type NetOptions } from './course-net.ts'

/**
 * Makes the network of the course's part 2, which predicts the 58 points of the IMM Face Database.
 *
 * Images are gray, of height 360 and width 480.
 *
 * | layer | output (height, width, channels) | parameters |
 * |---|---|---|
 * | conv 3x3, padding 1, ReLU | 360, 480, 6 | 60 |
 * | max-pool 2x2 | 180, 240, 6 | |
 * | conv 3x3, padding 1, ReLU | 180, 240, 12 | 660 |
 * | max-pool 2x2 | 90, 120, 12 | |
 * | conv 3x3, padding 1, ReLU | 90, 120, 18 | 1,962 |
 * | max-pool 2x2 | 45, 60, 18 | |
 * | conv 5x5, padding 2, ReLU | 45, 60, 24 | 10,824 |
 * | max-pool 2x2 | 22, 30, 24 | |
 * | conv 5x5, padding 2, ReLU | 22, 30, 30 | 18,030 |
 * | max-pool 2x2 | 11, 15, 30 | |
 * | flatten, dense, ReLU | 2048 | 10,139,648 |
 * | dense, ReLU | 512 | 1,049,088 |
 * | dense | 116 | 59,508 |
 *
 * Input: [batch, 360, 480, 1]. Output: [batch, 116], relative coordinates x0 y0 x1 y1 ..., that is
 * (x + 0.5) / width and (y + 0.5) / height. 11,279,780 parameters.
 *
 * @example
 * ```ts
 * const model = faceNet({ seed: 1 })
 * const relative = model.predict(tf.zeros([1, 360, 480, 1])) as tf.Tensor2D
 * ```
 *
 * Source: UC Berkeley CS194-26 (2020), project 5, "Facial Keypoint Detection with Neural Networks", part 2.
 */
export function faceNet(options: NetOptions = {}): tfl.LayersModel {
  checkArgument(KINDS.object, options, 'options', 'faceNet')
  return courseNet(
    {
      name: 'faceNet',
      height: 360,
      width: 480,
      convolutions: [
        { filters: 6, kernelSize: 3 },
        { filters: 12, kernelSize: 3 },
        { filters: 18, kernelSize: 3 },
        { filters: 24, kernelSize: 5 },
        { filters: 30, kernelSize: 5 },
      ],
      dense: [2048, 512, 116],
    },
    options,
  )
}
