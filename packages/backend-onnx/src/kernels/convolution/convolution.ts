import { NCHW } from '../../lowering/layout.ts'
import type { Operation, Value } from '../../lowering/value.ts'
import { asNchw, countPixels } from '../nchw.ts'
import { toWindowAttributes, type Window } from '../window.ts'
import { convolveBlocked } from './blocked.ts'
import { chooseConvolution } from './choose.ts'
import { lowerFilter } from './filter.ts'
import { foldPadding } from './fold-padding.ts'

export const convolution: Operation = {
  name: 'Conv2D',
  weights: [1],
  lower(lowering, { inputs, attributes, shape }) {
    const [padded, filterValue] = inputs as [Value, Value]
    const { x, window } = foldPadding(padded, attributes as Window)
    const image = lowering.lowerAs(x, NCHW).name
    const filter = lowerFilter(lowering, filterValue)
    const { graph, channelBlock } = lowering
    switch (chooseConvolution({ filter, pixels: countPixels(shape), channelBlock })) {
      case 'blocked':
        return asNchw(convolveBlocked(lowering, image, { filter, orientation: 'plain', window }), shape)
      case 'plain':
        return asNchw(graph.addNode('Conv', [image, filter.name], toWindowAttributes(window)), shape)
    }
  },
}
