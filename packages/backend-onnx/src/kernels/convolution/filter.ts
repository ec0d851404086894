import { OIHW } from '../../lowering/layout.ts'
import type { Lowering, Value } from '../../lowering/value.ts'

/** A lowered filter of a convolution. */
export interface Filter {
  readonly name: string
  /** [out, in, height, width]. */
  readonly shape: readonly [number, number, number, number]
  /** Whether it is a constant of the graph: the runtime then blocks and fuses the convolution itself. */
  readonly isConstant: boolean
}

export function lowerFilter(lowering: Lowering, filter: Value): Filter {
  const { name, shape } = lowering.lowerAs(filter, OIHW)
  const isConstant = lowering.graph.constants.has(lowering.lower(filter).name)
  return { name, shape: shape as Filter['shape'], isConstant }
}

/**
 * Rotates a filter by 180 degrees and exchanges its input and output channels: [in, out, height, width]. The rotation is a product
 * with a permutation matrix: several times faster than a slice that runs backwards.
 */
export function rotate180(lowering: Lowering, { name, shape }: Filter): string {
  const [channelsOut, channelsIn, height, width] = shape
  const taps = height * width
  if (taps === 1) return lowering.transpose(name, shape, [1, 0, 2, 3])
  const reversal = Float32Array.from({ length: taps * taps }, (_, i) =>
    (i % taps) + Math.floor(i / taps) === taps - 1 ? 1 : 0,
  )
  const rotated = lowering.graph.addNode('MatMul', [
    lowering.reshape(name, [channelsOut * channelsIn, taps]),
    lowering.graph.addConstant(reversal, 'float32', [taps, taps]),
  ])
  const exchanged = lowering.transpose(
    lowering.reshape(rotated, [channelsOut, channelsIn, taps]),
    [channelsOut, channelsIn, taps],
    [1, 0, 2],
  )
  return lowering.reshape(exchanged, [channelsIn, channelsOut, height, width])
}

/** Lowers a depthwise filter, [height, width, channels, multiplier], as [channels x multiplier, 1, height, width]. */
export function lowerDepthwiseFilter(lowering: Lowering, filter: Value): string {
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number]
  return lowering.reshape(lowering.lowerAs(filter, [2, 3, 0, 1]).name, [channels * multiplier, 1, height, width])
}
