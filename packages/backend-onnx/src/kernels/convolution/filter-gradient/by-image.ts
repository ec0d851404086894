import { NCHW } from '../../../lowering/layout.ts'
import type { Lowering, Value } from '../../../lowering/value.ts'
import { isStrided, type Window } from '../../window.ts'
import { padMaps } from './pad-maps.ts'
import { sumOfProducts } from './pixel-matrices.ts'

/** Computes the gradient by a filter of 1 x 1: dy xᵀ for each image, summed. */
export function gradientByImage(lowering: Lowering, x: Value, dy: Value, window: Window): string {
  const { graph } = lowering
  const { strides, pads } = window
  const [batch, rows, columns, channelsOut] = dy.shape as [number, number, number, number]
  const channels = x.shape[3] as number
  let input = padMaps(lowering, lowering.lowerAs(x, NCHW).name, pads)
  if (isStrided(window)) {
    input = graph.addNode('Slice', [
      input,
      graph.addIntegers([0, 0]),
      graph.addIntegers([(rows - 1) * strides[0] + 1, (columns - 1) * strides[1] + 1]),
      graph.addIntegers([2, 3]),
      graph.addIntegers(strides),
    ])
  }
  const sum = sumOfProducts(lowering, [
    lowering.reshape(lowering.lowerAs(dy, NCHW).name, [batch, channelsOut, rows * columns]),
    lowering.reshape(input, [batch, channels, rows * columns]),
  ])
  return lowering.reshape(sum, [channelsOut, channels, 1, 1], [channelsOut, channels])
}
