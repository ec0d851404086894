import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tf from '@tensorflow/tfjs-core'
import { type AxisWindow, IDENTITY, windowCount } from './axis-window.ts'
import { blurAlong } from './blur.ts'
import {
  type BlurPoolOptions,
  createBlurWindow,
  type MaxBlurPoolOptions,
  resolveBlurOptions,
  resolveMaxBlurOptions,
} from './blur-options.ts'
import { checkRank } from './check-rank.ts'

/**
 * Blurs each channel with a binomial filter and keeps every stride-th pixel, so that the result hardly changes when the input
 * shifts by a pixel.
 *
 * The gradient is exact at the borders. The filter has no gradient.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, h, w, channels] with h = floor((height + before + after - filterSize) / strides) + 1, w alike
 *
 * @throws `BLUR_OPTIONS` for invalid options, `BLUR_SIZE` if a side is too small, `BLUR_RANK` for another rank
 *
 * @example
 * ```ts
 * blurPool2d(tf.ones([1, 8, 8, 3])) // [1, 4, 4, 3], all ones
 * blurPool2d(x, { filterSize: 3, convention: 'timm' })
 * ```
 *
 * Source: Zhang 2019, "Making Convolutional Networks Shift-Invariant Again", arXiv:1904.11486.
 */
export function blurPool2d(x: tf.Tensor4D, options: BlurPoolOptions = {}): tf.Tensor4D {
  checkArgument(KINDS.tensor, x, 'x', 'blurPool2d')
  return pool2d(x, createBlurWindow(resolveBlurOptions(options)))
}

/**
 * Applies {@link blurPool2d} along one axis.
 *
 * @param x [batch, length, channels]
 * @returns [batch, windows, channels]
 */
export function blurPool1d(x: tf.Tensor3D, options: BlurPoolOptions = {}): tf.Tensor3D {
  checkArgument(KINDS.tensor, x, 'x', 'blurPool1d')
  return pool1d(x, createBlurWindow(resolveBlurOptions(options)))
}

/**
 * Computes the maximum of each window of `poolSize` with stride 1, then {@link blurPool2d}: a max-pool with an anti-aliased stride.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, h, w, channels]
 *
 * @example
 * ```ts
 * maxBlurPool2d(tf.ones([1, 120, 120, 64])) // 119 x 119 maxima, [1, 60, 60, 64]
 * ```
 */
export function maxBlurPool2d(x: tf.Tensor4D, options: MaxBlurPoolOptions = {}): tf.Tensor4D {
  checkArgument(KINDS.tensor, x, 'x', 'maxBlurPool2d')
  const resolved = resolveMaxBlurOptions(options)
  return pool2d(x, createBlurWindow(resolved), resolved.poolSize)
}

/**
 * Applies {@link maxBlurPool2d} along one axis.
 *
 * @param x [batch, length, channels]
 * @returns [batch, windows, channels]
 */
export function maxBlurPool1d(x: tf.Tensor3D, options: MaxBlurPoolOptions = {}): tf.Tensor3D {
  checkArgument(KINDS.tensor, x, 'x', 'maxBlurPool1d')
  const resolved = resolveMaxBlurOptions(options)
  return pool1d(x, createBlurWindow(resolved), resolved.poolSize)
}

/** Applies a sliding maximum, then the window along rows and columns, to [batch, height, width, channels]. */
export function pool2d(x: tf.Tensor4D, window: AxisWindow, poolSize = 1): tf.Tensor4D {
  checkRank(x, 4, '[batch, height, width, channels]')
  return tf.tidy(() => blurAlong(slidingMax(x, [poolSize, poolSize]), window, window))
}

/** Applies a sliding maximum, then the window, to [batch, length, channels]. */
export function pool1d(x: tf.Tensor3D, window: AxisWindow, poolSize = 1): tf.Tensor3D {
  checkRank(x, 3, '[batch, length, channels]')
  return tf.tidy(() => {
    const highest = slidingMax(tf.expandDims(x, 1) as tf.Tensor4D, [1, poolSize])
    return tf.squeeze(blurAlong(highest, IDENTITY, window), [1])
  })
}

function slidingMax(x: tf.Tensor4D, size: [number, number]): tf.Tensor4D {
  if (size[0] === 1 && size[1] === 1) return x
  for (const [i, side] of size.entries()) {
    windowCount(x.shape[i + 1] as number, { ...IDENTITY, filter: Array(side).fill(1) })
  }
  return tf.maxPool(x, size, 1, 'valid')
}
