import { FacekpError } from '@facekp/core'
import type * as tf from '@tensorflow/tfjs'

/** Throws `BLUR_RANK` for a tensor of another number of dimensions. */
export function checkRank(x: tf.Tensor, rank: number, expected: string): void {
  if (x.rank === rank) return
  throw new FacekpError({
    code: 'BLUR_RANK',
    problem: 'the tensor is of another rank',
    received: JSON.stringify(x.shape),
    expected,
  })
}
