import type { Lowering } from '../../lowering/value.ts'
import { NCHWC } from '../../onnx/graph.ts'
import { toWindowAttributes, type Window } from '../window.ts'
import type { Filter } from './filter.ts'

/** What a filter is multiplied with: itself, or rotated by 180 degrees with its channels exchanged. */
type Orientation = 'plain' | 'rotated'

/** Convolves images in NCHW over blocks of channels, [batch, channels / block, height, width, block]; the result is NCHW again. */
export function convolveBlocked(
  lowering: Lowering,
  image: string,
  {
    filter,
    orientation,
    window,
  }: { readonly filter: Filter; readonly orientation: Orientation; readonly window: Window },
): string {
  const { graph } = lowering
  const channels = filter.shape[orientation === 'plain' ? 0 : 1]
  const blockFilter = orientation === 'plain' ? blockPlainFilter : blockRotatedFilter
  const inputs = [graph.addNode('ReorderInput', [image], {}, NCHWC), blockFilter(lowering, filter)]
  const result = graph.addNode('Conv', inputs, { ...toWindowAttributes(window), group: 1 }, NCHWC)
  return graph.addNode('ReorderOutput', [result], { channels }, NCHWC)
}

/** Reorders a filter as [out / block, in / block, height, width, in of a block, out of a block]. */
function blockPlainFilter(lowering: Lowering, filter: Filter): string {
  const blocks = splitIntoBlocks(lowering, filter)
  return lowering.reshape(lowering.graph.addNode('Transpose', [blocks], { perm: [0, 2, 4, 3, 1] }), filter.shape)
}

/** Rotates the filter by 180 degrees, exchanges its input and output channels, and splits it into blocks. */
function blockRotatedFilter(lowering: Lowering, filter: Filter): string {
  const { graph } = lowering
  const [channelsOut, channelsIn, height, width] = filter.shape
  const taps = height * width
  const exchanged = graph.addNode('Transpose', [splitIntoBlocks(lowering, filter)], { perm: [2, 0, 4, 1, 3] })
  const backwards = graph.addIntegers(Array.from({ length: taps }, (_, tap) => taps - 1 - tap))
  const rotated = graph.addNode('Gather', [exchanged, backwards], { axis: 2 })
  return lowering.reshape(rotated, [channelsIn, channelsOut, height, width])
}

/** Reshapes a filter to [out / block, out of a block, in / block, in of a block, taps]. */
function splitIntoBlocks(lowering: Lowering, { name, shape }: Filter): string {
  const { channelBlock: block } = lowering
  const [channelsOut, channelsIn, height, width] = shape
  return lowering.reshape(name, [channelsOut / block, block, channelsIn / block, block, height * width])
}
