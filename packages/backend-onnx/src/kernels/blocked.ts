import type { Lowering } from '../lowering/lowering.ts'
import { NCHWC } from '../onnx/graph.ts'
import { type Window, windowAttributes } from './window.ts'

/** Of the result, in all images of a batch. Measured: with fewer, putting the filters in order takes longer than is gained. */
const FEWEST_PIXELS = 1600

/** What a filter is, [out, in, height, width], and what is to be done with it. */
export interface Filter {
  readonly name: string
  readonly shape: readonly [number, number, number, number]
  /** Whether it is a constant of the model: then the runtime does all of this itself, and keeps images in that order. */
  readonly isConstant: boolean
  /** Turned by half a circle, in and out exchanged: for the gradient by the input. */
  readonly turned: boolean
}

/**
 * Whether a convolution is faster over blocks of channels, [batch, channels / block, height, width, block], reordering included: 10 to 30 %
 * for windows of several pixels.
 */
export function gainsByBlocks({ channelBlock }: Lowering, { shape, isConstant }: Filter, pixels: number): boolean {
  const [channelsOut, channelsIn, height, width] = shape
  return (
    channelBlock > 0 &&
    !isConstant &&
    channelsIn % channelBlock === 0 &&
    channelsOut % channelBlock === 0 &&
    height * width > 1 &&
    pixels >= FEWEST_PIXELS
  )
}

/** A convolution of images in NCHW over blocks of channels; its result is in NCHW again. */
export function blockedConvolution(lowering: Lowering, image: string, filter: Filter, window: Window): string {
  const { graph } = lowering
  const channels = filter.shape[filter.turned ? 1 : 0]
  const inputs = [graph.node('ReorderInput', [image], {}, NCHWC), blockedFilter(lowering, filter)]
  const result = graph.node('Conv', inputs, { ...windowAttributes(window), group: 1 }, NCHWC)
  return graph.node('ReorderOutput', [result], { channels }, NCHWC)
}

/** [out / block, in / block, height, width, in of a block, out of a block]. */
function blockedFilter(lowering: Lowering, { name, shape, turned }: Filter): string {
  const { graph, channelBlock: block } = lowering
  const [channelsOut, channelsIn, height, width] = shape
  const taps = height * width
  const parts = lowering.reshape(name, [channelsOut / block, block, channelsIn / block, block, taps])
  if (!turned) {
    return lowering.reshape(graph.node('Transpose', [parts], { perm: [0, 2, 4, 3, 1] }), shape)
  }
  const exchanged = graph.node('Transpose', [parts], { perm: [2, 0, 4, 1, 3] })
  const backwards = graph.integers(Array.from({ length: taps }, (_, tap) => taps - 1 - tap))
  return lowering.reshape(graph.node('Gather', [exchanged, backwards], { axis: 2 }), [
    channelsIn,
    channelsOut,
    height,
    width,
  ])
}
