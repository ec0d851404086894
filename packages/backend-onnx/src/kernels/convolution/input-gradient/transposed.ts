import type { Lowering } from '../../../lowering/value.ts'
import type { Window } from '../../window.ts'

/** A transposed convolution from images of one shape to images of another, [batch, height, width, channels] each. */
export interface TransposedConvolution {
  readonly window: Window
  readonly from: readonly number[]
  readonly to: readonly number[]
  /** Groups of channels, default 1. */
  readonly group?: number
}

/** Adds a transposed convolution whose result has exactly the shape `to`. */
export function convolveTransposed(
  { graph }: Lowering,
  gradient: string,
  weights: string,
  { window, from, to, group = 1 }: TransposedConvolution,
): string {
  const { kernel, strides, dilations, pads } = window
  const uncovered = countUncovered(window, from, to)
  const [top, left, bottom, right] = pads
  return graph.addNode('ConvTranspose', [gradient, weights], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [top, left, bottom + Math.max(0, -uncovered[0]), right + Math.max(0, -uncovered[1])],
    output_padding: uncovered.map((side) => Math.max(0, side)),
    group,
  })
}

/** Counts the rows and columns of `to` beyond the last windows; negative if the windows reach further than `to`. */
export function countUncovered(
  { kernel, strides, dilations, pads }: Window,
  from: readonly number[],
  to: readonly number[],
): readonly [number, number] {
  const countAlong = (axis: 0 | 1): number => {
    const covered = ((from[axis + 1] as number) - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1
    return (to[axis + 1] as number) - (covered - pads[axis] - (pads[axis + 2] as number))
  }
  return [countAlong(0), countAlong(1)]
}
