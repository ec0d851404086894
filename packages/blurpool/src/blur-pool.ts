import * as tf from '@tensorflow/tfjs'
import { blurAlong } from './blur.ts'
import { type BlurPoolOptions, blurOptions, blurWindow, type MaxBlurPoolOptions, maxBlurOptions } from './options.ts'
import { checkRank } from './rank.ts'
import { type AxisWindow, UNTOUCHED, windowCount } from './window.ts'

/**
 * Blurs by a binomial filter, each channel for itself, and keeps every stride-th pixel: what a strided layer should do so that its
 * result does not depend on where the grid of kept pixels happens to lie.
 *
 * The gradient is right at the borders, and there is none by the filter.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, h, w, channels] with h = floor((height + before + after - filterSize) / strides) + 1, w alike
 *
 * Throws `BLUR_OPTIONS` for options that are out of range or unknown, `BLUR_SIZE` where a side is too small to be reflected or for one window,
 * and `BLUR_RANK` for a tensor of other dimensions.
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
  return poolMap(x, blurWindow(blurOptions(options)))
}

/**
 * {@link blurPool2d} along one axis.
 *
 * @param x [batch, length, channels]
 * @returns [batch, windows, channels]
 */
export function blurPool1d(x: tf.Tensor3D, options: BlurPoolOptions = {}): tf.Tensor3D {
  return poolLine(x, blurWindow(blurOptions(options)))
}

/**
 * The maximum of each window of `poolSize`, pixel by pixel, then {@link blurPool2d}: a max-pool whose stride is anti-aliased.
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
  const complete = maxBlurOptions(options)
  return poolMap(x, blurWindow(complete), complete.poolSize)
}

/**
 * {@link maxBlurPool2d} along one axis.
 *
 * @param x [batch, length, channels]
 * @returns [batch, windows, channels]
 */
export function maxBlurPool1d(x: tf.Tensor3D, options: MaxBlurPoolOptions = {}): tf.Tensor3D {
  const complete = maxBlurOptions(options)
  return poolLine(x, blurWindow(complete), complete.poolSize)
}

/** [batch, height, width, channels]: maxima, then the window along rows and columns. For functions and layers. */
export function poolMap(x: tf.Tensor4D, window: AxisWindow, poolSize = 1): tf.Tensor4D {
  checkRank(x, 4, '[batch, height, width, channels]')
  return tf.tidy(() => blurAlong(maxima(x, [poolSize, poolSize]), window, window))
}

/** The same of [batch, length, channels]. */
export function poolLine(x: tf.Tensor3D, window: AxisWindow, poolSize = 1): tf.Tensor3D {
  checkRank(x, 3, '[batch, length, channels]')
  return tf.tidy(() => {
    const highest = maxima(tf.expandDims(x, 1) as tf.Tensor4D, [1, poolSize])
    return tf.squeeze(blurAlong(highest, UNTOUCHED, window), [1])
  })
}

function maxima(x: tf.Tensor4D, size: [number, number]): tf.Tensor4D {
  if (size[0] === 1 && size[1] === 1) return x
  for (const [i, side] of size.entries()) {
    windowCount(x.shape[i + 1] as number, { ...UNTOUCHED, filter: Array(side).fill(1) })
  }
  return tf.maxPool(x, size, 1, 'valid')
}
