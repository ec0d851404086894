import type * as tf from '@tensorflow/tfjs-core'
import { NCHW } from '../lowering/layout.ts'
import type { Operation, Value } from '../lowering/value.ts'
import type { Graph } from '../onnx/graph.ts'
import { replaceNegative } from './indexing.ts'
import { areFloats, type Kernel } from './kernel.ts'
import { asNchw } from './nchw.ts'

/** Tolerance at the image's edge for rounding errors, as a fraction of its side. */
const EDGE_TOLERANCE = 1e-6

/** Samples boxes [y1, x1, y2, x2], in fractions of the image, at size[0] x size[1] points each, from corner to corner. */
const cropAndResize: Operation = {
  name: 'CropAndResize',
  lower(lowering, { inputs, attributes, shape }) {
    const [image, boxes, boxIndices] = inputs as [Value, Value, Value]
    const { size, extrapolationValue } = attributes as { size: [number, number]; extrapolationValue: number }
    const { graph } = lowering
    const count = boxes.shape[0] as number
    const [top, left, bottom, right] = graph.addMultiOutputNode(
      'Split',
      [lowering.lowerPlain(boxes)],
      { axis: 1 },
      4,
    ) as [string, string, string, string]
    const y = lowering.reshape(samplePositions(graph, { begin: top, end: bottom, count: size[0] }), [
      count,
      size[0],
      1,
      1,
    ])
    const x = lowering.reshape(samplePositions(graph, { begin: left, end: right, count: size[1] }), [
      count,
      1,
      size[1],
      1,
    ])
    const fullShape = graph.addIntegers([count, ...size, 1])
    const expandedX = graph.addNode('Expand', [x, fullShape])
    const expandedY = graph.addNode('Expand', [y, fullShape])
    // GridSample's coordinates run from -1 at the center of the first pixel to 1 at the center of the last.
    const grid = graph.addNode('Sub', [
      graph.addNode('Mul', [graph.addNode('Concat', [expandedX, expandedY], { axis: 3 }), graph.addFloat(2)]),
      graph.addFloat(1),
    ])
    const images = graph.addNode(
      'Gather',
      [
        lowering.lowerAs(image, NCHW).name,
        replaceNegative(lowering, lowering.lowerPlain(boxIndices), image.shape[0] as number),
      ],
      { axis: 0 },
    )
    const sampled = graph.addNode('GridSample', [images, grid], {
      mode: 'bilinear',
      padding_mode: 'border',
      align_corners: 1,
    })
    const inside = graph.addNode('And', [
      isInside(graph, y, image.shape[1] as number),
      isInside(graph, x, image.shape[2] as number),
    ])
    const mask = lowering.reshape(inside, [count, 1, ...size])
    return asNchw(graph.addNode('Where', [mask, sampled, graph.addFloat(extrapolationValue)]), shape)
  },
}

interface Span {
  readonly begin: string
  readonly end: string
  readonly count: number
}

/** Spaces `count` positions evenly from `begin` to `end`, which are [boxes, 1]; a single position is the middle. */
function samplePositions(graph: Graph, { begin, end, count }: Span): string {
  const steps = Float32Array.from({ length: count }, (_, i) => (count > 1 ? i / (count - 1) : 0.5))
  const length = graph.addNode('Sub', [end, begin])
  return graph.addNode('Add', [begin, graph.addNode('Mul', [length, graph.addConstant(steps, 'float32', [1, count])])])
}

/** Tests whether positions are in the image; along a side of one pixel, all positions are. */
function isInside(graph: Graph, position: string, side: number): string {
  const last = side - 1
  const pixel = graph.addNode('Mul', [position, graph.addFloat(last)])
  return graph.addNode('And', [
    graph.addNode('GreaterOrEqual', [pixel, graph.addFloat(-EDGE_TOLERANCE * last)]),
    graph.addNode('LessOrEqual', [pixel, graph.addFloat((1 + EDGE_TOLERANCE) * last)]),
  ])
}

/** Kernels that crop and resize images. */
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
