import { CNHW } from '../../lowering/layout.ts'
import type { Lowered, Lowering, Value } from '../../lowering/value.ts'
import { toWindowAttributes, type Window } from '../window.ts'
import { convolveTransposed } from './input-gradient/transposed.ts'

/** What a stacked convolution computes. */
interface StackedConvolution {
  readonly window: Window
  /** Of the result, [batch, height, width, channels]. */
  readonly shape: readonly number[]
}

/** Convolves the images of a batch as one image in which they lie below each other: in one matrix product. */
export function convolveStacked(
  lowering: Lowering,
  x: Value,
  filter: string,
  { window, shape }: StackedConvolution,
): Lowered {
  const { kernel, strides, dilations, pads } = window
  const [top, left, , right] = pads
  const period = findPeriod(window, { rows: shape[1] as number, inputRows: x.shape[1] as number })
  const image = stackImages(lowering, x, { period: period * strides[0], top })
  const bottom = Math.max(0, (kernel[0] - 1) * dilations[0] + 1 - strides[0])
  const attributes = toWindowAttributes({ ...window, pads: [0, left, bottom, right] })
  const result = lowering.graph.addNode('Conv', [image, filter], attributes)
  return unstackImages(lowering, result, shape, { period, top: 0 })
}

/** The same for a transposed convolution, the gradient of a convolution by its input. */
export function convolveStackedTransposed(
  lowering: Lowering,
  dy: Value,
  filter: string,
  { window, shape }: StackedConvolution,
): Lowered {
  const { strides, pads } = window
  const [batch, rows, columns, channels] = dy.shape as [number, number, number, number]
  const [, inputRows, width, channelsIn] = shape as [number, number, number, number]
  const period = findPeriod(window, { rows, inputRows })
  const image = convolveTransposed(lowering, stackImages(lowering, dy, { period, top: 0 }), filter, {
    window: { ...window, pads: [0, pads[1], 0, pads[3]] },
    from: [1, batch * period, columns, channels],
    to: [1, batch * period * strides[0], width, channelsIn],
  })
  return unstackImages(lowering, image, shape, { period: period * strides[0], top: pads[0] })
}

/**
 * Finds how far apart the images of a stack must begin, in rows of the convolution's output: so far that no window reaches two of them.
 *
 * @param rows of an image of the output
 */
function findPeriod(
  { kernel, strides, dilations, pads }: Window,
  { rows, inputRows }: { readonly rows: number; readonly inputRows: number },
): number {
  const reach = (kernel[0] - 1) * dilations[0] + 1
  const lastRow = (rows - 1) * strides[0] - pads[0] + reach
  return Math.max(rows, Math.ceil(Math.max(inputRows + pads[0], lastRow) / strides[0]))
}

/** Where the images of a stack lie. */
interface Places {
  /** Rows from one image to the next. */
  readonly period: number
  /** Rows above the first image. */
  readonly top: number
}

/** Stacks images, with rows of zeros between them, as one image [1, channels, batch x period, width]. */
function stackImages(lowering: Lowering, value: Value, { period, top }: Places): string {
  const { graph } = lowering
  const [batch, height, width, channels] = value.shape as [number, number, number, number]
  const { name } = lowering.lowerAs(value, CNHW)
  const pads = graph.addIntegers([0, 0, top, 0, 0, 0, period - height - top, 0])
  const padded = period === height ? name : graph.addNode('Pad', [name, pads])
  return lowering.reshape(padded, [1, channels, batch * period, width])
}

/** Takes a stack apart into images of this shape, [batch, height, width, channels], without the rows between them. */
function unstackImages(lowering: Lowering, image: string, shape: readonly number[], { period, top }: Places): Lowered {
  const { graph } = lowering
  const [batch, height, width, channels] = shape as [number, number, number, number]
  const images = lowering.reshape(image, [channels, batch, period, width])
  const rows = [graph.addIntegers([top]), graph.addIntegers([top + height]), graph.addIntegers([2])]
  const name = period === height ? images : graph.addNode('Slice', [images, ...rows])
  return { name, layout: CNHW, shape: [channels, batch, height, width] }
}
