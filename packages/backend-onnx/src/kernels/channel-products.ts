import { NCHW } from '../lowering/layout.ts'
import { isSameShape } from '../lowering/shape.ts'
import type { Lowered, Lowering, Value } from '../lowering/value.ts'
import { sumOfProducts } from './convolution/filter-gradient/pixel-matrices.ts'

/** Attributes of a reduction: axes in the order of the tensor. */
export interface ReductionAttributes {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

/** Pixels of a map from which on a product of a row and a column is faster: that of a small map takes longer to start than to compute. */
const MIN_PIXELS = 33 * 33

/**
 * Lowers the sum of a b over all but the channels of large maps, as in a batch norm's gradient, to a product of a row and a column per
 * image and channel. Measured: half the time of a product of each pair of numbers, then a sum.
 *
 * @returns undefined if the value is another sum, if a b is needed for something else, or if the maps are small
 */
export function sumPerChannel(lowering: Lowering, value: Value): Lowered | undefined {
  const factors = findFactors(lowering, value)
  if (!factors) return undefined
  const [batch, height, width, channels] = factors[0].shape as [number, number, number, number]
  if (height * width < MIN_PIXELS) return undefined
  const rows = factors.map((factor) =>
    lowering.reshape(lowering.lowerAs(factor, NCHW).name, [batch, channels, 1, height * width]),
  )
  return { name: lowering.reshape(sumOfProducts(lowering, rows), [channels]), layout: undefined, shape: [channels] }
}

/** Lowers the mean of a b over all but the channels as {@link sumPerChannel} does: a batch norm's variance. */
export function meanPerChannel(lowering: Lowering, value: Value): Lowered | undefined {
  const sum = sumPerChannel(lowering, value)
  if (!sum) return undefined
  const [batch, height, width] = (value.inputs[0] as Value).shape as [number, number, number]
  const scale = lowering.graph.addFloat(1 / (batch * height * width))
  return { ...sum, name: lowering.graph.addNode('Mul', [sum.name, scale]) }
}

/** Returns the a and b of a value that reduces a b over all but the channels. */
function findFactors(lowering: Lowering, { inputs, attributes }: Value): readonly [Value, Value] | undefined {
  const [product] = inputs as [Value]
  const { axes, keepDims } = attributes as unknown as ReductionAttributes
  const { operation, stored, shape, type } = product
  // A file that others read has none of the runtime's own nodes.
  if (lowering.channelBlock === 0 || keepDims || shape.length !== 4 || axes.join() !== '0,1,2') return undefined
  if (stored || type !== 'float32' || !lowering.isUsedOnce(product)) return undefined
  const [a, b = a] = product.inputs as [Value, Value?]
  if (operation?.name !== 'Square' && operation?.name !== 'Multiply') return undefined
  return isSameShape(a.shape, b.shape) ? [a, b] : undefined
}
