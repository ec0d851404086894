import { NCHW } from '../../../lowering/layout.ts'
import type { Lowering, Operation, Value } from '../../../lowering/value.ts'
import { asNchw, countPixels } from '../../nchw.ts'
import type { Window } from '../../window.ts'
import { convolveBlocked } from '../blocked.ts'
import { chooseInputGradient } from '../choose.ts'
import { lowerFilter, rotate180 } from '../filter.ts'
import { convolveTransposed, countUncovered } from './transposed.ts'

/** The gradient of a convolution by its input. */
export const inputGradient: Operation = {
  name: 'Conv2DBackpropInput',
  lower: (lowering, value) =>
    asNchw(lowerInputGradient(lowering, value, value.attributes as Window, value.shape), value.shape),
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
): string {
  const [dy, filterValue] = inputs as [Value, Value]
  const gradient = lowering.lowerAs(dy, NCHW).name
  const filter = lowerFilter(lowering, filterValue)
  const pads = rotatePads(window)
  const isConvolution =
    [...window.strides, ...window.dilations].every((step) => step === 1) &&
    countUncovered(window, dy.shape, shape).every((side) => side === 0) &&
    pads.every((side) => side >= 0)
  const { channelBlock } = lowering
  switch (chooseInputGradient({ filter, pixels: countPixels(shape), channelBlock, isConvolution })) {
    case 'blocked':
      return convolveBlocked(lowering, gradient, { filter, orientation: 'rotated', window: { ...window, pads } })
    case 'transposed':
      return convolveTransposed(lowering, gradient, filter.name, { window, from: dy.shape, to: shape })
    case 'rotated': {
      const weights = rotate180(lowering, filter)
      return lowering.graph.addNode('Conv', [gradient, weights], { kernel_shape: window.kernel, pads })
    }
  }
}

/** Returns the padding of the convolution with the rotated filter. */
function rotatePads({ kernel, pads }: Window): Window['pads'] {
  const [top, left, bottom, right] = pads
  return [kernel[0] - 1 - top, kernel[1] - 1 - left, kernel[0] - 1 - bottom, kernel[1] - 1 - right]
}
