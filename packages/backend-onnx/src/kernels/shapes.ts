import * as tf from '@tensorflow/tfjs'
import { inversePermutation, simplifyLayout, toMemoryShape } from '../lowering/layout.ts'
import type { Lowered, Lowering, NumberType, Operation, Value } from '../lowering/value.ts'
import { lowerInputGradient } from './convolution/input-gradient/input-gradient.ts'
import { areNumbers, type Kernel, type KernelAttributes } from './kernel.ts'
import { asNchw } from './nchw.ts'
import type { Window } from './window.ts'

const transpose: Operation = {
  name: 'Transpose',
  /** Nothing moves: only the layout tells of another order. */
  lower(lowering, { inputs, attributes }) {
    const permutation = attributes['permutation'] as number[]
    const from = lowering.lowerFull(inputs[0] as Value)
    const becomes = inversePermutation(permutation)
    const layout = (from.layout ?? permutation.map((_, axis) => axis)).map((axis) => becomes[axis] as number)
    return { ...from, layout: simplifyLayout(layout) }
  },
}

const pad: Operation = {
  name: 'PadV2',
  lower(lowering, { inputs, attributes, shape, type }) {
    const { paddings, constant } = attributes as { paddings: [number, number][]; constant: number }
    const { graph } = lowering
    const { name, layout } = lowering.lowerFull(inputs[0] as Value)
    const placed = layout ? layout.map((axis) => paddings[axis] as [number, number]) : paddings
    const value =
      type === 'float32'
        ? graph.addFloat(constant)
        : type === 'int32'
          ? graph.addConstant(Int32Array.of(constant), 'int32', [])
          : graph.addConstant(Uint8Array.of(constant ? 1 : 0), 'bool', [])
    const sides = graph.addIntegers([...placed.map(([before]) => before), ...placed.map(([, after]) => after)])
    return { name: graph.addNode('Pad', [name, sides, value]), layout, shape: toMemoryShape(shape, layout) }
  },
}

/** A mirrored border that does not repeat the edge. */
const mirrorPad: Operation = {
  name: 'MirrorPad',
  lower(lowering, { inputs, attributes, shape }) {
    const { paddings } = attributes as { paddings: [number, number][] }
    const { graph } = lowering
    const { name, layout } = lowering.lowerFull(inputs[0] as Value)
    const placed = layout ? layout.map((axis) => paddings[axis] as [number, number]) : paddings
    const sides = graph.addIntegers([...placed.map(([before]) => before), ...placed.map(([, after]) => after)])
    return {
      name: graph.addNode('Pad', [name, sides], { mode: 'reflect' }),
      layout,
      shape: toMemoryShape(shape, layout),
    }
  },
}

/** The gradient by an input that had got a border, cut off again: the gradient's own border takes its place. */
function asCroppedGradient(
  lowering: Lowering,
  input: Value,
  [batch, top, left, channel]: readonly number[],
  steps: readonly number[],
  shape: readonly number[],
): Lowered | undefined {
  if (input.operation?.name !== 'Conv2DBackpropInput' || input.stored || input.refCount > 0) return undefined
  if (batch !== 0 || channel !== 0 || steps.some((step) => step !== 1)) return undefined
  if (shape[0] !== input.shape[0] || shape[3] !== input.shape[3]) return undefined
  const window = input.attributes as Window
  const [down, right] = [top as number, left as number]
  const pads = [
    window.pads[0] + down,
    window.pads[1] + right,
    window.pads[2] + (input.shape[1] as number) - (shape[1] as number) - down,
    window.pads[3] + (input.shape[2] as number) - (shape[2] as number) - right,
  ] as const
  return asNchw(lowerInputGradient(lowering, input, { ...window, pads }, shape), shape)
}

/** Part of a tensor by steps, which may run backwards. */
export const slice: Operation = {
  name: 'Slice',
  lower(lowering, { inputs, attributes, shape }) {
    const { begin, steps } = attributes as { begin: number[]; steps: number[] }
    const { graph } = lowering
    const cropped = asCroppedGradient(lowering, inputs[0] as Value, begin, steps, shape)
    if (cropped) return cropped
    const { name, layout } = lowering.lowerFull(inputs[0] as Value)
    const places = layout ?? begin.map((_, axis) => axis)
    // Axes that stay whole are not told of: an exported file may have any batch size.
    const cut = places
      .map((axis, place) => ({ axis, place }))
      .filter(({ axis }) => steps[axis] !== 1 || shape[axis] !== inputs[0]?.shape[axis])
    if (cut.length === 0) return { name, layout, shape: toMemoryShape(shape, layout) }
    const ends = cut.map(({ axis }) => {
      const end = (begin[axis] as number) + (steps[axis] as number) * (shape[axis] as number)
      // Before the first: only a very negative number says that, since -1 is the last.
      return end < 0 ? Number.MIN_SAFE_INTEGER : end
    })
    const sliced = graph.addNode('Slice', [
      name,
      graph.addIntegers(cut.map(({ axis }) => begin[axis] as number)),
      graph.addIntegers(ends),
      graph.addIntegers(cut.map(({ place }) => place)),
      graph.addIntegers(cut.map(({ axis }) => steps[axis] as number)),
    ])
    return { name: sliced, layout, shape: toMemoryShape(shape, layout) }
  },
}

export const concat: Operation = {
  name: 'Concat',
  lower(lowering, { inputs, attributes, shape }) {
    const layout = inputs.map((input) => lowering.lower(input).layout).find((found) => found !== undefined)
    const names = inputs.map((input) => lowering.lowerAs(input, layout).name)
    const axis = attributes['axis'] as number
    const place = layout ? (inversePermutation(layout)[axis] as number) : axis
    return {
      name: lowering.graph.addNode('Concat', names, { axis: place }),
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
    const from = lowering.lower(input)
    const placed = toMemoryShape(repeats, from.layout)
    // Repeating what is one long is a broadcast that need not be carried out.
    if (placed.every((times, place) => times === 1 || from.shape[place] === 1)) return from
    const { name, layout } = lowering.lowerFull(input)
    const tiled = lowering.graph.addNode('Tile', [name, lowering.graph.addIntegers(placed)])
    return { name: tiled, layout, shape: toMemoryShape(shape, layout) }
  },
}

const sized = (toNumbers: readonly number[]): boolean => !toNumbers.includes(0)

/** Tensors' shapes: nothing is computed. */
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
      const wanted = tf.util.inferFromImplicitShape(shape, size)
      tf.util.assert(
        size === tf.util.sizeFromShape(wanted),
        () =>
          `The new shape (${wanted}) has ${tf.util.sizeFromShape(wanted)} elements and the old shape (${x.shape}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
      )
      return backend.alias(x, wanted)
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
      const sides = (paddings as [number, number][]).map(([before, after]): [number, number] => [before, after])
      const shape = x.shape.map((side, axis) => side + (sides[axis]?.[0] ?? 0) + (sides[axis]?.[1] ?? 0))
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
      const sides = (paddings as [number, number][]).map(([before, after]): [number, number] => [before, after])
      const shape = x.shape.map((side, axis) => side + (sides[axis]?.[0] ?? 0) + (sides[axis]?.[1] ?? 0))
      return backend.record(mirrorPad, [x], { attributes: { paddings: sides }, shape })
    },
  },
  {
    name: 'Slice',
    supports: (inputs, { begin, size }) =>
      areNumbers(inputs) && sized(tf.slice_util.parseSliceParams(inputs[0] as tf.Tensor, begin, size)[1] as number[]),
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
      areNumbers(inputs) && sized(stridedOf(inputs[0] as tf.TensorInfo, attributes).shape),
    record: (backend, inputs, attributes) => {
      const x = inputs['x'] as tf.TensorInfo
      const { shape, finalShape, begin, strides, isIdentity } = stridedOf(x, attributes)
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
    supports: (inputs, { reps }) => areNumbers(inputs) && sized(reps),
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

/** What is taken, with `shape` before axes are added or dropped. */
function stridedOf(
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
