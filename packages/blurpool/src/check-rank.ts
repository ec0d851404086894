import { FacekpError } from '@facekp/core'
import type * as tf from '@tensorflow/tfjs-core'

/** Throws `BLUR_RANK` if a tensor has another number of dimensions. */
export function checkRank(x: tf.Tensor, rank: number, expected: string): void {
  if (x.rank === rank) return
  throw new FacekpError({
    code: 'BLUR_RANK',
    problem: 'wrong tensor rank',
    received: JSON.stringify(x.shape),
    expected,
  })
}
