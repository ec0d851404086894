import { isSameShape } from '../lowering/shape.ts'
import type { Operation } from '../lowering/value.ts'

/** Another shape of the same numbers, in the order of their own axes. */
export const reshape: Operation = {
  name: 'Reshape',
  lower(lowering, { inputs, shape }) {
    const [input] = inputs as [(typeof inputs)[number]]
    if (isSameShape(input.shape, shape)) return lowering.lower(input)
    const ones = shape.map(() => 1)
    const from = lowering.lower(input)
    // One number for all: it stays one.
    if (from.shape.every((side) => side === 1)) {
      return { name: lowering.reshape(from.name, ones), layout: undefined, shape: ones }
    }
    return { name: lowering.reshape(lowering.lowerPlain(input), shape), layout: undefined, shape }
  },
}
