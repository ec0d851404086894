import { OIHW, toMemoryShape } from '../../../lowering/layout.ts'
import type { Lowering, Operation, Value } from '../../../lowering/value.ts'
import { isStrided, type Window } from '../../window.ts'
import { chooseFilterGradient, type FilterGradientStrategy } from '../choose.ts'
import { foldPadding } from '../fold-padding.ts'
import { gradientAsConvolution } from './as-convolution.ts'
import { gradientByImage } from './by-image.ts'
import { gradientByShift } from './by-shift.ts'
import { gradientByTap } from './by-tap.ts'

const STRATEGIES: Readonly<
  Record<FilterGradientStrategy, (lowering: Lowering, x: Value, dy: Value, window: Window) => string>
> = {
  byImage: gradientByImage,
  asConvolution: gradientAsConvolution,
  byTap: gradientByTap,
  byShift: gradientByShift,
}

/** The gradient of a convolution by its filter. */
export const filterGradient: Operation = {
  name: 'Conv2DBackpropFilter',
  lower(lowering, { inputs, attributes, shape }) {
    const [padded, dy] = inputs as [Value, Value]
    const { x, window } = foldPadding(padded, attributes as Window)
    const strategy = chooseFilterGradient({
      kernel: window.kernel,
      isStrided: isStrided(window),
      channelsIn: x.shape[3] as number,
      area: (dy.shape[1] as number) * (dy.shape[2] as number),
    })
    const name = STRATEGIES[strategy](lowering, x, dy, window)
    return { name, layout: OIHW, shape: toMemoryShape(shape, OIHW) }
  },
}
