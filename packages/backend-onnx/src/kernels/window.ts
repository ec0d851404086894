import type * as tf from '@tensorflow/tfjs-core'

/** The window of a convolution or pooling: [vertical, horizontal] each, pads [top, left, bottom, right] as in ONNX. */
export type Window = {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
}

export function toWindow(info: tf.backend_util.Conv2DInfo): Window {
  const { top, left, bottom, right } = info.padInfo
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  }
}

/** Returns a window as attributes of an ONNX node. */
export function toWindowAttributes({ kernel, strides, dilations, pads }: Window): Record<string, readonly number[]> {
  return { kernel_shape: kernel, strides, dilations, pads }
}

export function isStrided({ strides }: Window): boolean {
  return strides[0] > 1 || strides[1] > 1
}

/**
 * Returns whether ONNX Runtime computes an output of the same size, which is not empty. TensorFlow.js has another rule for a single
 * number as padding with a window that is not square, and for sizes that are rounded up.
 */
export function isRegular(info: tf.backend_util.Conv2DInfo): boolean {
  const { kernel, strides, dilations, pads } = toWindow(info)
  const isRegularAlong = (axis: 0 | 1, from: number, to: number): boolean => {
    const free = from + pads[axis] + pads[(axis + 2) as 2 | 3] - (kernel[axis] - 1) * dilations[axis] - 1
    return to > 0 && Math.floor(free / strides[axis]) + 1 === to
  }
  return isRegularAlong(0, info.inHeight, info.outHeight) && isRegularAlong(1, info.inWidth, info.outWidth)
}
