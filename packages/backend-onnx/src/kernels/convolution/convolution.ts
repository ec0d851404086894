import { NCHW } from '../../lowering/layout.ts'
import type { Operation, Value } from '../../lowering/value.ts'
import { asNchw } from '../nchw.ts'
import { toWindowAttributes, type Window } from '../window.ts'
import { convolveBlocked } from './blocked.ts'
import { chooseConvolution } from './choose.ts'
import { lowerFilter } from './filter.ts'
import { foldPadding } from './fold-padding.ts'
import { convolveStacked } from './stacked.ts'

export const convolution: Operation = {
  name: 'Conv2D',
  weights: [1],
  lower(lowering, { inputs: operands, attributes, shape }) {
    const [padded, filterValue] = operands as [Value, Value]
    const { x, window } = foldPadding(padded, attributes as Window)
    const filter = lowerFilter(lowering, filterValue)
    const { graph, channelBlock } = lowering
    const [batch, height, width] = shape as [number, number, number]
    switch (chooseConvolution({ filter, batch, area: height * width, channelBlock })) {
      case 'blocked': {
        const image = lowering.lowerAs(x, NCHW).name
        return asNchw(convolveBlocked(lowering, image, { filter, orientation: 'plain', window }), shape)
      }
      case 'stacked':
        return convolveStacked(lowering, x, filter.name, { window, shape })
      case 'plain': {
        const inputs = [lowering.lowerAs(x, NCHW).name, filter.name]
        return asNchw(graph.addNode('Conv', inputs, toWindowAttributes(window)), shape)
      }
    }
  },
}
