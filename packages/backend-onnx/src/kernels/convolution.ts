import * as tf from '@tensorflow/tfjs'
import type { OnnxBackend } from '../backend/onnx-backend.ts'
import { arranged, CNHW, NCHW, OIHW } from '../lowering/layout.ts'
import type { Lowered, Lowering } from '../lowering/lowering.ts'
import type { Attributes, Operation, Value } from '../lowering/value.ts'
import { blockedConvolution, type Filter, gainsByBlocks } from './blocked.ts'
import { withBiasAndActivation } from './fused.ts'
import { floats, type Kernel, type KernelAttributes } from './kernel.ts'
import { type Window, windowAttributes, windowOf } from './window.ts'

/** A result in NCHW. */
export function images(name: string, shape: readonly number[]): Lowered {
  return { name, layout: NCHW, shape: arranged(shape, NCHW) }
}

/** A convolution's input without a border of zeros that was added right before: the window's own border takes its place. */
function withoutBorder(x: Value, window: Window): { readonly x: Value; readonly window: Window } {
  const { operation, stored, attributes } = x
  const [batch, rows, columns, channels] = (attributes['paddings'] ?? []) as readonly [number, number][]
  if (
    operation?.name !== 'PadV2' ||
    stored ||
    attributes['constant'] !== 0 ||
    !batch ||
    !rows ||
    !columns ||
    !channels
  ) {
    return { x, window }
  }
  if ([...batch, ...channels].some((side) => side !== 0)) return { x, window }
  const [top, left, bottom, right] = window.pads
  const pads = [top + rows[0], left + columns[0], bottom + rows[1], right + columns[1]] as const
  return { x: x.inputs[0] as Value, window: { ...window, pads } }
}

const convolution: Operation = {
  name: 'Conv2D',
  weights: [1],
  lower(lowering, { inputs, attributes, shape }) {
    const [given, filter] = inputs as [Value, Value]
    const { x, window } = withoutBorder(given, attributes as Window)
    const image = lowering.as(x, NCHW).name
    const weights = filterOf(lowering, filter, false)
    const name = gainsByBlocks(lowering, weights, pixelsOf(shape))
      ? blockedConvolution(lowering, image, weights, window)
      : lowering.graph.node('Conv', [image, weights.name], windowAttributes(window))
    return images(name, shape)
  },
}

function filterOf(lowering: Lowering, filter: Value, turned: boolean): Filter {
  const { name, shape } = lowering.as(filter, OIHW)
  const isConstant = lowering.graph.constants.has(lowering.any(filter).name)
  return { name, shape: shape as Filter['shape'], isConstant, turned }
}

/** Of all images of a batch. */
function pixelsOf([batch, height, width]: readonly number[]): number {
  return (batch as number) * (height as number) * (width as number)
}

/** The gradient by the input: a convolution of dy with the turned filter, or one transposed, whichever is faster. */
const inputGradient: Operation = {
  name: 'Conv2DBackpropInput',
  lower: (lowering, value) =>
    images(lowerInputGradient(lowering, value, value.attributes as Window, value.shape), value.shape),
}

/** @param shape of the input that the gradient is wanted for: without its border where the window has that */
export function lowerInputGradient(
  lowering: Lowering,
  { inputs }: Value,
  window: Window,
  shape: readonly number[],
): string {
  const [dy, filter] = inputs as [Value, Value]
  const { kernel, strides, dilations, pads } = window
  const [channelsIn, channelsOut] = [filter.shape[2] as number, filter.shape[3] as number]
  const { graph } = lowering
  const gradient = lowering.as(dy, NCHW).name
  const weights = filterOf(lowering, filter, true)
  const [top, left, bottom, right] = pads
  const turnedPads = [kernel[0] - 1 - top, kernel[1] - 1 - left, kernel[0] - 1 - bottom, kernel[1] - 1 - right] as const
  const dense = [...strides, ...dilations].every((number) => number === 1)
  const whole = missingOf(window, dy.shape, shape).every((side) => side === 0)
  const isConvolution = dense && whole && turnedPads.every((side) => side >= 0)
  if (isConvolution && gainsByBlocks(lowering, weights, pixelsOf(shape))) {
    return blockedConvolution(lowering, gradient, weights, { ...window, pads: turnedPads })
  }
  // Measured: many channels are faster transposed.
  if (!isConvolution || channelsIn * channelsOut > 256 * 256) {
    return transposed(lowering, gradient, weights.name, window, dy.shape, shape, 1)
  }
  return graph.node('Conv', [gradient, turned(lowering, weights)], { kernel_shape: kernel, pads: turnedPads })
}

/** The filter turned by half a circle, in and out exchanged; turned by a product, some times faster than by a slice that runs backwards. */
function turned(lowering: Lowering, { name, shape }: Filter): string {
  const [channelsOut, channelsIn, height, width] = shape
  const taps = height * width
  if (taps === 1) return lowering.transpose(name, shape, [1, 0, 2, 3])
  const backwards = Float32Array.from({ length: taps * taps }, (_, i) =>
    (i % taps) + Math.floor(i / taps) === taps - 1 ? 1 : 0,
  )
  const product = lowering.graph.node('MatMul', [
    lowering.reshape(name, [channelsOut * channelsIn, taps]),
    lowering.graph.constant(backwards, 'float32', [taps, taps]),
  ])
  const exchanged = lowering.transpose(
    lowering.reshape(product, [channelsOut, channelsIn, taps]),
    [channelsOut, channelsIn, taps],
    [1, 0, 2],
  )
  return lowering.reshape(exchanged, [channelsIn, channelsOut, height, width])
}

/** How many rows and columns of `shape` lie beyond what the windows reach; less than 0 where they reach further. */
function missingOf(
  { kernel, strides, dilations, pads }: Window,
  from: readonly number[],
  shape: readonly number[],
): readonly [number, number] {
  const along = (axis: 0 | 1): number => {
    const reached = ((from[axis + 1] as number) - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1
    return (shape[axis + 1] as number) - (reached - pads[axis] - (pads[axis + 2] as number))
  }
  return [along(0), along(1)]
}

/** A transposed convolution that gives just the size of `shape`, [batch, height, width, channels]. */
export function transposed(
  { graph }: Lowering,
  gradient: string,
  weights: string,
  window: Window,
  from: readonly number[],
  shape: readonly number[],
  group: number,
): string {
  const { kernel, strides, dilations, pads } = window
  const missing = missingOf(window, from, shape)
  const [top, left, bottom, right] = pads
  return graph.node('ConvTranspose', [gradient, weights], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [top, left, bottom + Math.max(0, -missing[0]), right + Math.max(0, -missing[1])],
    output_padding: missing.map((side) => Math.max(0, side)),
    group,
  })
}

/** The gradient by the filter, in one of four ways, each the fastest for its shapes. */
const filterGradient: Operation = {
  name: 'Conv2DBackpropFilter',
  lower(lowering, { inputs, attributes, shape }) {
    const [given, dy] = inputs as [Value, Value]
    const { x, window } = withoutBorder(given, attributes as Window)
    const { kernel, strides } = window
    const one = kernel[0] * kernel[1] === 1
    const strided = strides[0] > 1 || strides[1] > 1
    const area = (dy.shape[1] as number) * (dy.shape[2] as number)
    const channels = x.shape[3] as number
    const name =
      one && (area >= 400 || strided)
        ? byImage(lowering, x, dy, window)
        : channels <= 8
          ? asConvolution(lowering, x, dy, window)
          : strided
            ? byTap(lowering, x, dy, window)
            : byShift(lowering, x, dy, window)
    return { name, layout: OIHW, shape: arranged(shape, OIHW) }
  },
}

/** Adds a border of zeros around the last two of four axes; cuts off where less than 0. */
function padded({ graph }: Lowering, name: string, [top, left, bottom, right]: Window['pads']): string {
  if ([top, left, bottom, right].every((side) => side === 0)) return name
  return graph.node('Pad', [name, graph.integers([0, 0, top, left, 0, 0, bottom, right])])
}

/** Filters of 1x1: for each image dy x^T, summed. */
function byImage(lowering: Lowering, x: Value, dy: Value, { strides, pads }: Window): string {
  const { graph } = lowering
  const [batch, rows, columns, channelsOut] = dy.shape as [number, number, number, number]
  const channels = x.shape[3] as number
  let input = padded(lowering, lowering.as(x, NCHW).name, pads)
  if (strides[0] > 1 || strides[1] > 1) {
    input = graph.node('Slice', [
      input,
      graph.integers([0, 0]),
      graph.integers([(rows - 1) * strides[0] + 1, (columns - 1) * strides[1] + 1]),
      graph.integers([2, 3]),
      graph.integers(strides),
    ])
  }
  const sum = sumOfProducts(lowering, [
    lowering.reshape(lowering.as(dy, NCHW).name, [batch, channelsOut, rows * columns]),
    lowering.reshape(input, [batch, channels, rows * columns]),
  ])
  return lowering.reshape(sum, [channelsOut, channels, 1, 1])
}

/** dy as the filter of a convolution over x, batch and channels exchanged, strides become dilations: for few channels. */
function asConvolution(lowering: Lowering, x: Value, dy: Value, { kernel, strides, dilations, pads }: Window): string {
  const { graph } = lowering
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const [, rows, columns, channelsOut] = dy.shape as [number, number, number, number]
  const [top, left, bottom, right] = pads
  // A third axis, the channels, is gone along one by one: one input channel for each image of the batch.
  const volume = lowering.reshape(lowering.as(x, NCHW).name, [1, batch, channels, height, width])
  const filters = lowering.reshape(lowering.as(dy, CNHW).name, [channelsOut, batch, 1, rows, columns])
  const full = graph.node('Conv', [volume, filters], {
    kernel_shape: [1, rows, columns],
    dilations: [1, ...strides],
    strides: [1, ...dilations],
    pads: [0, top, left, 0, bottom, right],
  })
  const reach = (side: number, from: number, to: number, axis: 0 | 1): number =>
    Math.floor((side + from + to - ((axis ? columns : rows) - 1) * strides[axis] - 1) / dilations[axis]) + 1
  const [tall, wide] = [reach(height, top, bottom, 0), reach(width, left, right, 1)]
  const flat = lowering.reshape(full, [channelsOut, channels, tall, wide])
  if (tall === kernel[0] && wide === kernel[1]) return flat
  return graph.node('Slice', [flat, graph.integers([0, 0]), graph.integers(kernel), graph.integers([2, 3])])
}

/**
 * x and dy as matrices of channels and pixels, whose products sum over pixels. Large maps are taken image by image, [batch x channels,
 * 1, height, width], and their products summed: those run on several threads, and nothing is transposed. Small ones are taken all together,
 * [channels, batch, height, width]: their products are few and long. Measured: from some 30 x 30 pixels on.
 */
interface Images {
  /** In that order of axes. */
  read(value: Value): { readonly name: string; readonly shape: readonly [number, number, number, number] }
  /** dy xᵀ, [channels out, channels in], of two such matrices [rows, pixels]. */
  product(gradient: string, input: string): string
}

function imagesOf(lowering: Lowering, x: Value, dy: Value): Images {
  const { graph } = lowering
  const [batch, rows, columns, channelsOut] = dy.shape as [number, number, number, number]
  const channels = x.shape[3] as number
  const isLarge = rows * columns >= 900
  return {
    read(value) {
      const [, height, width, depth] = value.shape as [number, number, number, number]
      if (!isLarge) return { name: lowering.as(value, CNHW).name, shape: [depth, batch, height, width] }
      const shape = [batch * depth, 1, height, width] as const
      return { name: lowering.reshape(lowering.as(value, NCHW).name, shape), shape }
    },
    product(gradient, input) {
      if (!isLarge) return graph.node('Gemm', [gradient, input], { transB: 1 })
      return sumOfProducts(lowering, [
        lowering.reshape(gradient, [batch, channelsOut, -1]),
        lowering.reshape(input, [batch, channels, -1]),
      ])
    },
  }
}

/** For each image dy xᵀ, summed; of [batch, channels, pixels] each. */
function sumOfProducts({ graph }: Lowering, factors: readonly string[]): string {
  const products = graph.node('FusedMatMul', factors, { transB: 1 }, 'com.microsoft')
  return graph.node('ReduceSum', [products, graph.integers([0])], { keepdims: 0 })
}

/**
 * For each place of the filter a product of matrices: for many channels and strides. Single columns are chosen by a product with a matrix
 * of zeros and ones, twice as fast as the runtime's slices, and rows, which lie together, by slices.
 */
function byTap(lowering: Lowering, x: Value, dy: Value, { kernel, strides, dilations, pads }: Window): string {
  const { graph } = lowering
  const images = imagesOf(lowering, x, dy)
  const { name: input, shape: inputShape } = images.read(x)
  const { name: gradient, shape: gradientShape } = images.read(dy)
  const [deep, many, height, width] = inputShape
  const [, , rows, columns] = gradientShape
  const lines = lowering.reshape(input, [deep * many * height, width])
  const inputs = Array.from({ length: kernel[1] }, (_, column) => {
    const choice = new Float32Array(width * columns)
    for (let to = 0; to < columns; to++) {
      const from = to * strides[1] + column * dilations[1] - pads[1]
      if (from >= 0 && from < width) choice[from * columns + to] = 1
    }
    const chosen = graph.node('MatMul', [lines, graph.constant(choice, 'float32', [width, columns])])
    return padded(lowering, lowering.reshape(chosen, [deep, many, height, columns]), [pads[0], 0, pads[2], 0])
  })
  const flat = lowering.reshape(gradient, [gradientShape[0], many * rows * columns])
  return joinedTaps(lowering, kernel, [dy.shape[3] as number, x.shape[3] as number], (row, column) => {
    const top = row * dilations[0]
    const seen = graph.node('Slice', [
      inputs[column] as string,
      graph.integers([top]),
      graph.integers([top + (rows - 1) * strides[0] + 1]),
      graph.integers([2]),
      graph.integers([strides[0]]),
    ])
    return images.product(flat, lowering.reshape(seen, [deep, many * rows * columns]))
  })
}

/**
 * The same for strides of 1: x shifted once for each column of the filter and dy once for each row, in place of x once for each
 * place. Rows that a shift moves out of the picture met only the border of zeros.
 */
function byShift(lowering: Lowering, x: Value, dy: Value, { kernel, dilations, pads }: Window): string {
  const images = imagesOf(lowering, x, dy)
  const [input, gradient] = [images.read(x), images.read(dy)]
  const [height, width] = input.shape.slice(2) as [number, number]
  const [rows, columns] = gradient.shape.slice(2) as [number, number]
  const inputs = Array.from({ length: kernel[1] }, (_, column) => {
    const left = pads[1] - column * dilations[1]
    return shifted(lowering, input.name, input.shape, [0, left, 0, columns - width - left])
  })
  const gradients = Array.from({ length: kernel[0] }, (_, row) => {
    const top = row * dilations[0] - pads[0]
    return shifted(lowering, gradient.name, gradient.shape, [top, 0, height - rows - top, 0])
  })
  return joinedTaps(lowering, kernel, [dy.shape[3] as number, x.shape[3] as number], (row, column) =>
    images.product(gradients[row] as string, inputs[column] as string),
  )
}

/**
 * Images of [rows, images, height, width] with a border as {@link padded} adds it, as a matrix [rows, pixels]. Where the size stays
 * the same, all pixels of small ones move at once, and a mask clears what came from the next row or image: some times faster than row by
 * row. Measured: beyond some 32 x 32 pixels it no longer is.
 */
function shifted(
  lowering: Lowering,
  name: string,
  [rows, images, height, width]: readonly [number, number, number, number],
  border: Window['pads'],
): string {
  const { graph } = lowering
  const [top, left, bottom, right] = border
  const pixels = images * (height + top + bottom) * (width + left + right)
  const by = top * width + left
  const isLarge = height * width > 1024
  if (isLarge || top + bottom !== 0 || left + right !== 0 || Math.abs(by) >= pixels) {
    return lowering.reshape(padded(lowering, name, border), [rows, pixels])
  }
  const flat = lowering.reshape(name, [rows, pixels])
  if (by === 0) return flat
  const within = Float32Array.from({ length: pixels }, (_, pixel) => {
    const [row, column] = [(Math.floor(pixel / width) % height) - top, (pixel % width) - left]
    return row >= 0 && row < height && column >= 0 && column < width ? 1 : 0
  })
  const moved = graph.node('Pad', [flat, graph.integers([0, by, 0, -by])])
  return graph.node('Mul', [moved, graph.constant(within, 'float32', [1, pixels])])
}

/** Filters in OIHW of the matrices [out, in] that `build` gives for each of their places. */
function joinedTaps(
  lowering: Lowering,
  kernel: Window['kernel'],
  channels: readonly [number, number],
  build: (row: number, column: number) => string,
): string {
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) =>
    lowering.reshape(build(Math.floor(tap / kernel[1]), tap % kernel[1]), [...channels, 1]),
  )
  const all = taps.length > 1 ? lowering.graph.node('Concat', taps, { axis: 2 }) : (taps[0] as string)
  return lowering.reshape(all, [...channels, ...kernel])
}

/** A filter of a depthwise convolution, [height, width, channels, multiplier], as [channels x multiplier, 1, height, width]. */
function depthwiseFilter(lowering: Lowering, filter: Value): string {
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number]
  return lowering.reshape(lowering.as(filter, [2, 3, 0, 1]).name, [channels * multiplier, 1, height, width])
}

const depthwise: Operation = {
  name: 'DepthwiseConv2dNative',
  weights: [1],
  lower(lowering, { inputs, attributes, shape }) {
    const [x, filter] = inputs as [Value, Value]
    const names = [lowering.as(x, NCHW).name, depthwiseFilter(lowering, filter)]
    const settings = { ...windowAttributes(attributes as Window), group: filter.shape[2] as number }
    return images(lowering.graph.node('Conv', names, settings), shape)
  },
}

const depthwiseInputGradient: Operation = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  lower(lowering, { inputs, attributes, shape }) {
    const [dy, filter] = inputs as [Value, Value]
    const weights = depthwiseFilter(lowering, filter)
    const group = filter.shape[2] as number
    const gradient = lowering.as(dy, NCHW).name
    return images(transposed(lowering, gradient, weights, attributes as Window, dy.shape, shape, group), shape)
  },
}

/** dy as the filters of a grouped convolution over x, the batch as each group's channels. */
const depthwiseFilterGradient: Operation = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  lower(lowering, { inputs, attributes, shape }) {
    const [x, dy] = inputs as [Value, Value]
    const { strides, dilations, pads } = attributes as Window
    const { graph } = lowering
    const [batch, height, width, channels] = x.shape as [number, number, number, number]
    const [, rows, columns] = dy.shape as [number, number, number, number]
    const volume = lowering.reshape(lowering.as(x, CNHW).name, [1, channels * batch, height, width])
    const full = graph.node('Conv', [volume, lowering.as(dy, CNHW).name], {
      kernel_shape: [rows, columns],
      dilations: strides,
      strides: dilations,
      pads,
      group: channels,
    })
    const [kernelHeight, kernelWidth, , multiplier] = shape as [number, number, number, number]
    const kernel = [kernelHeight, kernelWidth]
    const cut = graph.node('Slice', [full, graph.integers([0, 0]), graph.integers(kernel), graph.integers([2, 3])])
    const layout = [2, 3, 0, 1]
    return { name: lowering.reshape(cut, [channels, multiplier, ...kernel]), layout, shape: arranged(shape, layout) }
  },
}

function infoOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode, dataFormat }: KernelAttributes,
  isDepthwise = false,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
  )
}

/**
 * Whether the runtime's rule gives a result, and one of the same size. TensorFlow.js has another rule where the border is told by
 * one number and the window is not square, or sizes are rounded up.
 */
export function isRegular(info: tf.backend_util.Conv2DInfo): boolean {
  const { kernel, strides, dilations, pads } = windowOf(info)
  const along = (axis: 0 | 1, from: number, to: number): boolean => {
    const free = from + pads[axis] + pads[(axis + 2) as 2 | 3] - (kernel[axis] - 1) * dilations[axis] - 1
    return to > 0 && Math.floor(free / strides[axis]) + 1 === to
  }
  return along(0, info.inHeight, info.outHeight) && along(1, info.inWidth, info.outWidth)
}

const channelsLast = (inputs: readonly tf.TensorInfo[], { dataFormat }: KernelAttributes): boolean =>
  floats(inputs) && (dataFormat ?? 'NHWC') === 'NHWC'

/** Whether a convolution's gradient is computed here: what a kernel is given is dy and the other input's shape. */
const takesGradient =
  (isDepthwise: boolean): Kernel['takes'] =>
  (inputs, attributes) => {
    const { inputShape, filterShape } = attributes
    if (!channelsLast(inputs, attributes)) return false
    const [first, second] = inputs as [tf.TensorInfo, tf.TensorInfo]
    const info = inputShape
      ? infoOf(inputShape, second.shape, attributes, isDepthwise)
      : infoOf(first.shape, filterShape, attributes, isDepthwise)
    // Where dy is larger than what the input's shape asks for, backend cpu looks at a part of it.
    return isRegular(info) && tf.util.arraysEqual(info.outShape, (inputShape ? first : second).shape)
  }

type Inputs = Readonly<Record<'x' | 'filter' | 'dy', tf.TensorInfo>>

/** A convolution, plain and with bias and activation. */
function forward(name: string, fusedName: string, operation: Operation, isDepthwise: boolean): readonly Kernel[] {
  const product = (
    backend: OnnxBackend,
    inputs: Readonly<Record<string, tf.TensorInfo>>,
    attributes: KernelAttributes,
  ): tf.TensorInfo => {
    const { x, filter } = inputs as Inputs
    const info = infoOf(x.shape, filter.shape, attributes, isDepthwise)
    return backend.record(operation, [x, filter], windowOf(info) as Attributes, info.outShape, 'float32')
  }
  const takes: Kernel['takes'] = (inputs, attributes) => {
    const [x, filter] = inputs as [tf.TensorInfo, tf.TensorInfo]
    return channelsLast(inputs, attributes) && isRegular(infoOf(x.shape, filter.shape, attributes, isDepthwise))
  }
  return [
    { name, takes, record: product },
    {
      name: fusedName,
      takes,
      record: (backend, inputs, attributes) =>
        withBiasAndActivation(backend, product(backend, inputs, attributes), inputs, attributes),
    },
  ]
}

/** Convolutions and their gradients. */
export const CONVOLUTION: readonly Kernel[] = [
  ...forward('Conv2D', 'FusedConv2D', convolution, false),
  {
    name: 'Conv2DBackpropInput',
    takes: takesGradient(false),
    record: (backend, inputs, attributes) => {
      const { dy, filter } = inputs as Inputs
      const shape = attributes['inputShape'] as number[]
      const info = infoOf(shape, filter.shape, attributes)
      return backend.record(inputGradient, [dy, filter], windowOf(info) as Attributes, shape, 'float32')
    },
  },
  {
    name: 'Conv2DBackpropFilter',
    takes: takesGradient(false),
    record: (backend, inputs, attributes) => {
      const { x, dy } = inputs as Inputs
      const shape = attributes['filterShape'] as number[]
      const info = infoOf(x.shape, shape, attributes)
      return backend.record(filterGradient, [x, dy], windowOf(info) as Attributes, shape, 'float32')
    },
  },
  ...forward('DepthwiseConv2dNative', 'FusedDepthwiseConv2D', depthwise, true),
  {
    name: 'DepthwiseConv2dNativeBackpropInput',
    takes: takesGradient(true),
    record: (backend, inputs, attributes) => {
      const { dy, filter } = inputs as Inputs
      const shape = attributes['inputShape'] as number[]
      const info = infoOf(shape, filter.shape, attributes, true)
      return backend.record(depthwiseInputGradient, [dy, filter], windowOf(info) as Attributes, shape, 'float32')
    },
  },
  {
    name: 'DepthwiseConv2dNativeBackpropFilter',
    takes: takesGradient(true),
    record: (backend, inputs, attributes) => {
      const { x, dy } = inputs as Inputs
      const shape = attributes['filterShape'] as number[]
      const info = infoOf(x.shape, shape, attributes, true)
      return backend.record(depthwiseFilterGradient, [x, dy], windowOf(info) as Attributes, shape, 'float32')
    },
  },
]
