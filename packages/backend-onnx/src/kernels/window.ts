import type * as tf from '@tensorflow/tfjs'

/** A convolution's or a pooling's window: [vertical, horizontal] each, pads [top, left, bottom, right] as ONNX has them. */
export type Window = {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
}

export function windowOf(info: tf.backend_util.Conv2DInfo): Window {
  const { top, left, bottom, right } = info.padInfo
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  }
}

export function windowAttributes({ kernel, strides, dilations, pads }: Window): Record<string, readonly number[]> {
  return { kernel_shape: kernel, strides, dilations, pads }
}
