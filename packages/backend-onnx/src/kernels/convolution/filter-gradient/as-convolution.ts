import { CNHW, NCHW } from '../../../lowering/layout.ts'
import type { Lowering, Value } from '../../../lowering/value.ts'
import type { Window } from '../../window.ts'

/**
 * Computes the gradient by the filter as a convolution of x with dy, batch and channels exchanged; strides become dilations and the
 * reverse. The channels of x are a third spatial axis, so that each image is one input channel.
 */
export function gradientAsConvolution(lowering: Lowering, x: Value, dy: Value, window: Window): string {
  const { graph } = lowering
  const { kernel, strides, dilations, pads } = window
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const [, rows, columns, channelsOut] = dy.shape as [number, number, number, number]
  const [top, left, bottom, right] = pads
  const volume = lowering.reshape(lowering.lowerAs(x, NCHW).name, [1, batch, channels, height, width])
  const filters = lowering.reshape(lowering.lowerAs(dy, CNHW).name, [channelsOut, batch, 1, rows, columns])
  const full = graph.addNode('Conv', [volume, filters], {
    kernel_shape: [1, rows, columns],
    dilations: [1, ...strides],
    strides: [1, ...dilations],
    pads: [0, top, left, 0, bottom, right],
  })
  const [fullHeight, fullWidth] = outputSize(x, dy, window)
  const taps = lowering.reshape(full, [channelsOut, channels, fullHeight, fullWidth])
  if (fullHeight === kernel[0] && fullWidth === kernel[1]) return taps
  return graph.addNode('Slice', [taps, graph.addIntegers([0, 0]), graph.addIntegers(kernel), graph.addIntegers([2, 3])])
}

/** Returns the size of that convolution's result: the filter's, or larger if strides leave pixels of x over. */
function outputSize(x: Value, dy: Value, { strides, dilations, pads }: Window): [number, number] {
  const sizeAlong = (axis: 0 | 1): number => {
    const padded = (x.shape[axis + 1] as number) + (pads[axis] as number) + (pads[axis + 2] as number)
    const reach = ((dy.shape[axis + 1] as number) - 1) * strides[axis] + 1
    return Math.floor((padded - reach) / dilations[axis]) + 1
  }
  return [sizeAlong(0), sizeAlong(1)]
}
