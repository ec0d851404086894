import { NCHW } from '../../../lowering/layout.ts'
import type { Lowered, Lowering, Operation, Value } from '../../../lowering/value.ts'
import { asNchw } from '../../nchw.ts'
import type { Window } from '../../window.ts'
import { convolveBlocked } from '../blocked.ts'
import { chooseInputGradient } from '../choose.ts'
import { lowerFilter, rotate180 } from '../filter.ts'
import { convolveStackedTransposed } from '../stacked.ts'
import { convolveTransposed, countUncovered } from './transposed.ts'

/** The gradient of a convolution by its input. */
export const inputGradient: Operation = {
  name: 'Conv2DBackpropInput',
  lower: (lowering, value) => lowerInputGradient(lowering, value, value.attributes as Window, value.shape),
}

/**
 * Lowers the gradient by a convolution's input.
 *
 * @param shape of that input; without its border if `window` includes the border
 */
export function lowerInputGradient(
  lowering: Lowering,
  { inputs }: Value,
  window: Window,
  shape: readonly number[],
): Lowered {
  const [dy, filterValue] = inputs as [Value, Value]
  const filter = lowerFilter(lowering, filterValue)
  const pads = rotatePads(window)
  const isConvolution =
    [...window.strides, ...window.dilations].every((step) => step === 1) &&
    countUncovered(window, dy.shape, shape).every((side) => side === 0) &&
    pads.every((side) => side >= 0)
  const { graph, channelBlock } = lowering
  const [batch, height, width] = dy.shape as [number, number, number]
  const strategy = chooseInputGradient({ filter, batch, area: height * width, channelBlock, isConvolution })
  if (strategy === 'stacked') return convolveStackedTransposed(lowering, dy, filter.name, { window, shape })
  const gradient = lowering.lowerAs(dy, NCHW).name
  switch (strategy) {
    case 'blocked': {
      const rotated = { filter, orientation: 'rotated', window: { ...window, pads } } as const
      return asNchw(convolveBlocked(lowering, gradient, rotated), shape)
    }
    case 'transposed':
      return asNchw(convolveTransposed(lowering, gradient, filter.name, { window, from: dy.shape, to: shape }), shape)
    case 'rotated': {
      const weights = rotate180(lowering, filter)
      return asNchw(graph.addNode('Conv', [gradient, weights], { kernel_shape: window.kernel, pads }), shape)
    }
  }
}

/** Returns the padding of the convolution with the rotated filter. */
function rotatePads({ kernel, pads }: Window): Window['pads'] {
  const [top, left, bottom, right] = pads
  return [kernel[0] - 1 - top, kernel[1] - 1 - left, kernel[0] - 1 - bottom, kernel[1] - 1 - right]
}
