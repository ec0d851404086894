import * as tf from '@tensorflow/tfjs-core'
import { inversePermutation, type Layout, simplifyLayout, toMemoryShape } from '../lowering/layout.ts'
import type { Lowered, Lowering, NumberType, Operation, Value } from '../lowering/value.ts'
import type { Graph } from '../onnx/graph.ts'
import { lowerInputGradient } from './convolution/input-gradient/input-gradient.ts'
import { areNumbers, type Kernel, type KernelAttributes } from './kernel.ts'
import type { Window } from './window.ts'

const transpose: Operation = {
  name: 'Transpose',
  /** Changes only the layout; no numbers move. */
  lower(lowering, { inputs, attributes }) {
    const permutation = attributes['permutation'] as number[]
    const x = lowering.lowerFull(inputs[0] as Value)
    const newAxes = inversePermutation(permutation)
    const layout = (x.layout ?? permutation.map((_, axis) => axis)).map((axis) => newAxes[axis] as number)
    return { ...x, layout: simplifyLayout(layout) }
  },
}

const pad: Operation = {
  name: 'PadV2',
  lower(lowering, { inputs, attributes, shape, type }) {
    const { paddings, constant } = attributes as { paddings: [number, number][]; constant: number }
    const { graph } = lowering
    const { name, layout } = lowering.lowerFull(inputs[0] as Value)
    const value = graph.addScalar(type === 'bool' ? Number(Boolean(constant)) : constant, type)
    const pads = addPads(graph, paddings, layout)
    return { name: graph.addNode('Pad', [name, pads, value]), layout, shape: toMemoryShape(shape, layout) }
  },
}

/** Reflected padding, which does not repeat the edge. */
const mirrorPad: Operation = {
  name: 'MirrorPad',
  lower(lowering, { inputs, attributes, shape }) {
    const { paddings } = attributes as { paddings: [number, number][] }
    const { graph } = lowering
    const { name, layout } = lowering.lowerFull(inputs[0] as Value)
    const pads = addPads(graph, paddings, layout)
    return {
      name: graph.addNode('Pad', [name, pads], { mode: 'reflect' }),
      layout,
      shape: toMemoryShape(shape, layout),
    }
  },
}

/** Adds paddings as ONNX expects them: in memory order, all sides before the axes, then all sides after. */
function addPads(graph: Graph, paddings: readonly [number, number][], layout: Layout): string {
  const ordered = layout ? layout.map((axis) => paddings[axis] as [number, number]) : paddings
  return graph.addIntegers([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)])
}

/**
 * Lowers a slice of a convolution's input gradient as a gradient with other pads: the slice is the gradient of padding before the
 * convolution. Returns undefined if the value is no such slice.
 */
function lowerCroppedGradient(lowering: Lowering, { inputs, attributes, shape }: Value): Lowered | undefined {
  const [input] = inputs as [Value]
  const { begin, steps } = attributes as { begin: number[]; steps: number[] }
  const [batch, top, left, channel] = begin as [number, number, number, number]
  if (input.operation?.name !== 'Conv2DBackpropInput' || input.stored || input.refCount > 0) return undefined
  if (batch !== 0 || channel !== 0 || steps.some((step) => step !== 1)) return undefined
  if (shape[0] !== input.shape[0] || shape[3] !== input.shape[3]) return undefined
  const window = input.attributes as Window
  const pads = [
    window.pads[0] + top,
    window.pads[1] + left,
    window.pads[2] + (input.shape[1] as number) - (shape[1] as number) - top,
    window.pads[3] + (input.shape[2] as number) - (shape[2] as number) - left,
  ] as const
  return lowerInputGradient(lowering, input, { ...window, pads }, shape)
}

/** Part of a tensor, by steps that may be negative. */
export const slice: Operation = {
  name: 'Slice',
  lower(lowering, value) {
    const cropped = lowerCroppedGradient(lowering, value)
    if (cropped) return cropped
    const { inputs, attributes, shape } = value
    const { begin, steps } = attributes as { begin: number[]; steps: number[] }
    const { graph } = lowering
    const { name, layout } = lowering.lowerFull(inputs[0] as Value)
    const axes = layout ?? begin.map((_, axis) => axis)
    // Axes that stay whole are left out: an exported file accepts any batch size.
    const cut = axes
      .map((axis, position) => ({ axis, position }))
      .filter(({ axis }) => steps[axis] !== 1 || shape[axis] !== inputs[0]?.shape[axis])
    if (cut.length === 0) return { name, layout, shape: toMemoryShape(shape, layout) }
    const ends = cut.map(({ axis }) => {
      const end = (begin[axis] as number) + (steps[axis] as number) * (shape[axis] as number)
      // An end before the first element: -1 would be the last one.
      return end < 0 ? Number.MIN_SAFE_INTEGER : end
    })
    const sliced = graph.addNode('Slice', [
      name,
      graph.addIntegers(cut.map(({ axis }) => begin[axis] as number)),
      graph.addIntegers(ends),
      graph.addIntegers(cut.map(({ position }) => position)),
      graph.addIntegers(cut.map(({ axis }) => steps[axis] as number)),
    ])
    return { name: sliced, layout, shape: toMemoryShape(shape, layout) }
  },
}

export const concat: Operation = {
  name: 'Concat',
  lower(lowering, { inputs, attributes, shape }) {
    const layout = inputs.map((input) => lowering.lower(input).layout).find((candidate) => candidate !== undefined)
    const names = inputs.map((input) => lowering.lowerAs(input, layout).name)
    const axis = attributes['axis'] as number
    const memoryAxis = layout ? (inversePermutation(layout)[axis] as number) : axis
    return {
      name: lowering.graph.addNode('Concat', names, { axis: memoryAxis }),
      layout,
      shape: toMemoryShape(shape, layout),
    }
  },
}

const tile: Operation = {
  name: 'Tile',
  lower(lowering, { inputs, attributes, shape }) {
    const [input] = inputs as [Value]
    const repeats = attributes['repeats'] as number[]
    const x = lowering.lower(input)
    const memoryRepeats = toMemoryShape(repeats, x.layout)
    // Repeating an axis of size 1 is a broadcast, which is left out.
    if (memoryRepeats.every((times, axis) => times === 1 || x.shape[axis] === 1)) return x
    const { name, layout } = lowering.lowerFull(input)
    const tiled = lowering.graph.addNode('Tile', [name, lowering.graph.addIntegers(memoryRepeats)])
    return { name: tiled, layout, shape: toMemoryShape(shape, layout) }
  },
}

function copyPaddings(paddings: readonly (readonly [number, number])[]): [number, number][] {
  return paddings.map(([before, after]) => [before, after])
}

function getPaddedShape(shape: readonly number[], paddings: readonly (readonly [number, number])[]): number[] {
  return shape.map((side, axis) => side + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0))
}

const isNotEmpty = (shape: readonly number[]): boolean => !shape.includes(0)

/** Kernels that move numbers or change shapes, and compute nothing. */
export const SHAPE_KERNELS: readonly Kernel[] = [
  {
    name: 'Identity',
    supports: () => true,
    record: (backend, inputs) => {
      const x = inputs['x'] as tf.TensorInfo
      return backend.alias(x, x.shape)
    },
  },
  {
    name: 'Reshape',
    supports: () => true,
    record: (backend, inputs, { shape }) => {
      const x = inputs['x'] as tf.TensorInfo
      const size = tf.util.sizeFromShape(x.shape)
      const newShape = tf.util.inferFromImplicitShape(shape, size)
      tf.util.assert(
        size === tf.util.sizeFromShape(newShape),
        () =>
          `The new shape (${newShape}) has ${tf.util.sizeFromShape(newShape)} elements and the old shape (${x.shape}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
      )
      return backend.alias(x, newShape)
    },
  },
  {
    name: 'ExpandDims',
    supports: () => true,
    record: (backend, inputs, { dim }) => {
      const input = inputs['input'] as tf.TensorInfo
      tf.util.assert(
        -(input.shape.length + 1) <= dim,
        () => `Axis must be in the interval [${-(input.shape.length + 1)}, ${input.shape.length}]`,
      )
      const shape = [...input.shape]
      shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1)
      return backend.alias(input, shape)
    },
  },
  {
    name: 'Transpose',
    supports: areNumbers,
    record: (backend, inputs, { perm }) => {
      const x = inputs['x'] as tf.TensorInfo
      const permutation = perm as number[]
      const shape = permutation.map((axis) => x.shape[axis] as number)
      return backend.record(transpose, [x], {
        attributes: { permutation: [...permutation] },
        shape,
        type: x.dtype as NumberType,
      })
    },
  },
  {
    name: 'PadV2',
    supports: (inputs, { paddings, constantValue }) =>
      areNumbers(inputs) &&
      Number.isFinite(constantValue ?? 0) &&
      (paddings as number[][]).length > 0 &&
      (paddings as number[][]).every(([before, after]) => (before as number) >= 0 && (after as number) >= 0),
    record: (backend, inputs, { paddings, constantValue }) => {
      const x = inputs['x'] as tf.TensorInfo
      const sides = copyPaddings(paddings)
      const shape = getPaddedShape(x.shape, sides)
      return backend.record(pad, [x], {
        attributes: { paddings: sides, constant: constantValue ?? 0 },
        shape,
        type: x.dtype as NumberType,
      })
    },
  },
  {
    name: 'MirrorPad',
    supports: (inputs, { mode, paddings }) =>
      areNumbers(inputs) && mode === 'reflect' && inputs[0]?.dtype === 'float32' && paddings.length > 0,
    record: (backend, inputs, { paddings }) => {
      const x = inputs['x'] as tf.TensorInfo
      const sides = copyPaddings(paddings)
      const shape = getPaddedShape(x.shape, sides)
      return backend.record(mirrorPad, [x], { attributes: { paddings: sides }, shape })
    },
  },
  {
    name: 'Slice',
    supports: (inputs, { begin, size }) =>
      areNumbers(inputs) &&
      isNotEmpty(tf.slice_util.parseSliceParams(inputs[0] as tf.Tensor, begin, size)[1] as number[]),
    record: (backend, inputs, { begin, size }) => {
      const x = inputs['x'] as tf.TensorInfo
      const [starts, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [number[], number[]]
      tf.slice_util.assertParamsValid(x as tf.Tensor, starts, sizes)
      const attributes = { begin: [...starts], steps: starts.map(() => 1) }
      return backend.record(slice, [x], { attributes, shape: sizes, type: x.dtype as NumberType })
    },
  },
  {
    name: 'StridedSlice',
    supports: (inputs, attributes) =>
      areNumbers(inputs) && isNotEmpty(computeStridedSlice(inputs[0] as tf.TensorInfo, attributes).shape),
    record: (backend, inputs, attributes) => {
      const x = inputs['x'] as tf.TensorInfo
      const { shape, finalShape, begin, strides, isIdentity } = computeStridedSlice(x, attributes)
      if (isIdentity) return backend.alias(x, finalShape)
      const sliced = backend.record(slice, [x], {
        attributes: { begin: [...begin], steps: [...strides] },
        shape,
        type: x.dtype as NumberType,
      })
      const result = backend.alias(sliced, finalShape)
      backend.disposeData(sliced.dataId)
      return result
    },
  },
  {
    name: 'Concat',
    supports: (inputs) => areNumbers(inputs) && inputs.every(({ dtype }) => dtype === inputs[0]?.dtype),
    record: (backend, inputs, attributes) => {
      const parts = Object.values(inputs)
      const [first] = parts as [tf.TensorInfo]
      const [axis] = tf.util.parseAxisParam(attributes['axis'], first.shape) as [number]
      const shapes = parts.map(({ shape }) => shape)
      tf.backend_util.assertParamsConsistent(shapes, axis)
      if (parts.length === 1) return backend.alias(first, first.shape)
      const shape = tf.backend_util.computeOutShape(shapes, axis)
      return backend.record(concat, parts, { attributes: { axis }, shape, type: first.dtype as NumberType })
    },
  },
  {
    name: 'Tile',
    supports: (inputs, { reps }) => areNumbers(inputs) && isNotEmpty(reps),
    record: (backend, inputs, { reps }) => {
      const x = inputs['x'] as tf.TensorInfo
      const repeats = [...(reps as number[])]
      const shape = x.shape.map((side, axis) => side * (repeats[axis] as number))
      return backend.record(tile, [x], { attributes: { repeats }, shape, type: x.dtype as NumberType })
    },
  },
  {
    name: 'Reverse',
    supports: areNumbers,
    record: (backend, inputs, { dims }) => {
      const x = inputs['x'] as tf.TensorInfo
      const axes = tf.util.parseAxisParam(dims, x.shape)
      if (axes.length === 0 || x.shape.length === 0) return backend.alias(x, x.shape)
      const attributes = {
        begin: x.shape.map((side, axis) => (axes.includes(axis) ? side - 1 : 0)),
        steps: x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
      }
      return backend.record(slice, [x], { attributes, shape: x.shape, type: x.dtype as NumberType })
    },
  },
]

/** Computes the part that a strided slice takes; `shape` is before axes are added or dropped. */
function computeStridedSlice(
  x: tf.TensorInfo,
  attributes: KernelAttributes,
): ReturnType<typeof tf.slice_util.sliceInfo> & { readonly shape: number[] } {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
  const info = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  )
  const sizes = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  return { ...info, shape: sizes.map((size) => Math.max(0, size)) }
}
