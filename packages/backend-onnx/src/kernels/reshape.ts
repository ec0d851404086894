import { isSameShape } from '../lowering/shape.ts'
import type { Operation } from '../lowering/value.ts'

/** Reshapes: the same numbers in another shape, in the order of the tensor. */
export const reshape: Operation = {
  name: 'Reshape',
  lower(lowering, { inputs, shape }) {
    const [input] = inputs as [(typeof inputs)[number]]
    if (isSameShape(input.shape, shape)) return lowering.lower(input)
    const ones = shape.map(() => 1)
    const x = lowering.lower(input)
    // A broadcast number stays one number.
    if (x.shape.every((side) => side === 1)) {
      return { name: lowering.reshape(x.name, ones), layout: undefined, shape: ones }
    }
    return { name: lowering.reshape(lowering.lowerPlain(input), shape, input.shape), layout: undefined, shape }
  },
}
