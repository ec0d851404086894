import { CNHW, NCHW, toMemoryShape } from '../../lowering/layout.ts'
import type { Operation, Value } from '../../lowering/value.ts'
import { asNchw } from '../nchw.ts'
import { toWindowAttributes, type Window } from '../window.ts'
import { lowerDepthwiseFilter } from './filter.ts'
import { convolveTransposed } from './input-gradient/transposed.ts'

export const depthwise: Operation = {
  name: 'DepthwiseConv2dNative',
  weights: [1],
  lower(lowering, { inputs, attributes, shape }) {
    const [x, filter] = inputs as [Value, Value]
    const names = [lowering.lowerAs(x, NCHW).name, lowerDepthwiseFilter(lowering, filter)]
    const group = filter.shape[2] as number
    const name = lowering.graph.addNode('Conv', names, { ...toWindowAttributes(attributes as Window), group })
    return asNchw(name, shape)
  },
}

export const depthwiseInputGradient: Operation = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  lower(lowering, { inputs, attributes, shape }) {
    const [dy, filter] = inputs as [Value, Value]
    const weights = lowerDepthwiseFilter(lowering, filter)
    const gradient = lowering.lowerAs(dy, NCHW).name
    const group = filter.shape[2] as number
    const window = attributes as Window
    return asNchw(convolveTransposed(lowering, gradient, weights, { window, from: dy.shape, to: shape, group }), shape)
  },
}

/** A grouped convolution of x with dy as its filters; the images of the batch are the channels of each group. */
export const depthwiseFilterGradient: Operation = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  lower(lowering, { inputs, attributes, shape }) {
    const [x, dy] = inputs as [Value, Value]
    const { strides, dilations, pads } = attributes as Window
    const { graph } = lowering
    const [batch, height, width, channels] = x.shape as [number, number, number, number]
    const [, rows, columns] = dy.shape as [number, number, number]
    const volume = lowering.reshape(lowering.lowerAs(x, CNHW).name, [1, channels * batch, height, width])
    const full = graph.addNode('Conv', [volume, lowering.lowerAs(dy, CNHW).name], {
      kernel_shape: [rows, columns],
      dilations: strides,
      strides: dilations,
      pads,
      group: channels,
    })
    const [kernelHeight, kernelWidth, , multiplier] = shape as [number, number, number, number]
    const kernel = [kernelHeight, kernelWidth]
    const taps = graph.addNode('Slice', [
      full,
      graph.addIntegers([0, 0]),
      graph.addIntegers(kernel),
      graph.addIntegers([2, 3]),
    ])
    const layout = [2, 3, 0, 1]
    return {
      name: lowering.reshape(taps, [channels, multiplier, ...kernel]),
      layout,
      shape: toMemoryShape(shape, layout),
    }
  },
}
