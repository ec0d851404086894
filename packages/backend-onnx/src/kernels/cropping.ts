import type * as tf from '@tensorflow/tfjs'
import { NCHW } from '../lowering/layout.ts'
import type { Lowering, Operation, Value } from '../lowering/value.ts'
import { withoutNegative } from './indexing.ts'
import { areFloats, type Kernel } from './kernel.ts'
import { asNchw } from './nchw.ts'

/** How far beyond the picture's edge, as a fraction of its side, rounding may carry a place that lies on it. */
const ROUNDING = 1e-6

/** Boxes [y1, x1, y2, x2] in fractions of the picture, each sampled at size[0] x size[1] places, the corners at its corners. */
const cropAndResize: Operation = {
  name: 'CropAndResize',
  lower(lowering, { inputs, attributes, shape }) {
    const [image, boxes, boxIndices] = inputs as [Value, Value, Value]
    const { size, extrapolationValue } = attributes as { size: [number, number]; extrapolationValue: number }
    const { graph } = lowering
    const count = boxes.shape[0] as number
    const edges = graph.addMultiOutputNode('Split', [lowering.lowerPlain(boxes)], { axis: 1 }, 4) as [
      string,
      string,
      string,
      string,
    ]
    const [top, left, bottom, right] = edges
    const y = lowering.reshape(places(lowering, top, bottom, size[0]), [count, size[0], 1, 1])
    const x = lowering.reshape(places(lowering, left, right, size[1]), [count, 1, size[1], 1])
    const full = graph.addIntegers([count, ...size, 1])
    const [wideX, wideY] = [x, y].map((name) => graph.addNode('Expand', [name, full])) as [string, string]
    // The runtime's places run from -1 at the first pixel's center to 1 at the last one's.
    const grid = graph.addNode('Sub', [
      graph.addNode('Mul', [graph.addNode('Concat', [wideX, wideY], { axis: 3 }), graph.addFloat(2)]),
      graph.addFloat(1),
    ])
    const chosen = graph.addNode(
      'Gather',
      [
        lowering.lowerAs(image, NCHW).name,
        withoutNegative(lowering, lowering.lowerPlain(boxIndices), image.shape[0] as number),
      ],
      { axis: 0 },
    )
    const sampled = graph.addNode('GridSample', [chosen, grid], {
      mode: 'bilinear',
      padding_mode: 'border',
      align_corners: 1,
    })
    const inside = graph.addNode('And', [
      within(lowering, y, image.shape[1] as number),
      within(lowering, x, image.shape[2] as number),
    ])
    const mask = lowering.reshape(inside, [count, 1, ...size])
    return asNchw(graph.addNode('Where', [mask, sampled, graph.addFloat(extrapolationValue)]), shape)
  },
}

/** [boxes, count] places from `begin` to `end`, each [boxes, 1]; a single one lies in the middle. */
function places({ graph }: Lowering, begin: string, end: string, count: number): string {
  const steps = Float32Array.from({ length: count }, (_, i) => (count > 1 ? i / (count - 1) : 0.5))
  const length = graph.addNode('Sub', [end, begin])
  return graph.addNode('Add', [begin, graph.addNode('Mul', [length, graph.addConstant(steps, 'float32', [1, count])])])
}

/** Whether a place lies in the picture; all do along a side of one pixel, which has no length. */
function within({ graph }: Lowering, place: string, side: number): string {
  const last = side - 1
  const pixel = graph.addNode('Mul', [place, graph.addFloat(last)])
  return graph.addNode('And', [
    graph.addNode('GreaterOrEqual', [pixel, graph.addFloat(-ROUNDING * last)]),
    graph.addNode('LessOrEqual', [pixel, graph.addFloat((1 + ROUNDING) * last)]),
  ])
}

/** Parts of pictures, resized. */
export const CROPPING_KERNELS: readonly Kernel[] = [
  {
    name: 'CropAndResize',
    supports: ([image, boxes, boxIndices], { method }) =>
      method === 'bilinear' && areFloats([image, boxes] as tf.TensorInfo[]) && boxIndices?.dtype === 'int32',
    record: (backend, inputs, { cropSize, extrapolationValue }) => {
      const { image, boxes, boxInd } = inputs as Record<'image' | 'boxes' | 'boxInd', tf.TensorInfo>
      const size = [...(cropSize as [number, number])]
      const shape = [boxes.shape[0] as number, ...size, image.shape[3] as number]
      const attributes = { size, extrapolationValue: extrapolationValue as number }
      return backend.record(cropAndResize, [image, boxes, boxInd], { attributes, shape })
    },
  },
]
