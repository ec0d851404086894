import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { testLargeWindows } from '../../../../../tests/support/large-windows.ts'
import { noise, onBackend, relativeDifference } from '../../../fixtures/compare.ts'
import { useBackend } from '../../use-backend.ts'

type Padding = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]]

interface Case {
  readonly x: [number, number, number, number]
  readonly filter: [number, number, number, number]
  readonly strides: [number, number]
  readonly dilations: [number, number]
  readonly pad: Padding
}

beforeAll(async () => {
  await useBackend('wasm')
})

const SIZES: [number, number][] = [
  [7, 9],
  [8, 6],
]
const KERNELS: [number, number][] = [
  [1, 1],
  [3, 3],
  [2, 5],
]
const STEPS: [[number, number], [number, number]][] = [
  [
    [1, 1],
    [1, 1],
  ],
  [
    [2, 2],
    [1, 1],
  ],
  [
    [3, 1],
    [1, 1],
  ],
  [
    [1, 1],
    [2, 2],
  ],
]
const PADDINGS: Padding[] = [
  'same',
  'valid',
  1,
  [
    [0, 0],
    [2, 1],
    [0, 3],
    [0, 0],
  ],
]

/** Every combination of size, kernel, stride, dilation and padding that gives an output. */
function grid(inChannels: number, last: number, depthwise: boolean): [string, Case][] {
  return SIZES.flatMap((size) =>
    KERNELS.flatMap((kernel) =>
      STEPS.flatMap(([strides, dilations]) =>
        PADDINGS.flatMap((pad): [string, Case][] => {
          // tfjs reckons with a square filter and one stride where the padding is a number.
          if (pad === 1 && (kernel[0] !== kernel[1] || strides[0] !== strides[1])) return []
          // tfjs' depthwise convolution takes one stride for both axes.
          if (depthwise && strides[0] !== strides[1]) return []
          if (
            pad === 'valid' &&
            kernel.some((side, axis) => (side - 1) * (dilations[axis] as number) >= (size[axis] as number))
          ) {
            return []
          }
          const example: Case = {
            x: [2, ...size, inChannels],
            filter: [...kernel, inChannels, last],
            strides,
            dilations,
            pad,
          }
          return [[JSON.stringify(example), example]]
        }),
      ),
    ),
  )
}

/** Output, and the gradients by input and filter of the output's product with fixed noise. */
function convolution({ x, filter, strides, dilations, pad }: Case, depthwise: boolean): () => tf.Tensor[] {
  const kernelName = depthwise ? 'DepthwiseConv2dNative' : 'Conv2D'
  const attrs = { strides, pad, dataFormat: 'NHWC' }
  return () => {
    const [input, weights] = [noise(x, 1), noise(filter, 2)]
    // TensorFlow.js refuses gradients of dilated convolutions, and backend cpu does not know them: there the filter itself is
    // spread out with zeros, which is the same convolution.
    const spread = tf.getBackend() === 'cpu' ? dilations : ([1, 1] as const)
    const used = spreadOut(weights as tf.Tensor4D, spread)
    const run = (name: string, inputs: tf.NamedTensorMap, attributes: object = {}): tf.Tensor =>
      tf.engine().runKernel(name, inputs, {
        ...attrs,
        dilations: tf.getBackend() === 'cpu' ? [1, 1] : dilations,
        ...attributes,
      } as tf.NamedAttrMap) as tf.Tensor
    const output = run(kernelName, { x: input, filter: used })
    const dy = noise(output.shape, 3)
    const byInput = run(`${kernelName}BackpropInput`, { dy, filter: used }, { inputShape: x })
    const byFilter = run(`${kernelName}BackpropFilter`, { x: input, dy }, { filterShape: used.shape })
    return [output, byInput, gatheredTaps(byFilter as tf.Tensor4D, spread)]
  }
}

function spreadOut(filter: tf.Tensor4D, [rows, columns]: readonly [number, number]): tf.Tensor4D {
  const [height, width, ...channels] = filter.shape
  const apart = tf.tidy(() => {
    const lines = tf.reshape(filter, [height, 1, width, 1, ...channels])
    return tf.pad(lines, [
      [0, 0],
      [0, rows - 1],
      [0, 0],
      [0, columns - 1],
      [0, 0],
      [0, 0],
    ])
  })
  const whole = tf.reshape(apart, [height * rows, width * columns, ...channels])
  return tf.slice(whole, [0, 0, 0, 0], [(height - 1) * rows + 1, (width - 1) * columns + 1, ...channels]) as tf.Tensor4D
}

function gatheredTaps(filter: tf.Tensor4D, [rows, columns]: readonly [number, number]): tf.Tensor {
  return tf.stridedSlice(filter, [0, 0, 0, 0], filter.shape, [rows, columns, 1, 1])
}

describe.each([
  ['conv2d of few channels', 3, 4, false],
  ['conv2d', 6, 4, false],
  ['depthwiseConv2d', 3, 1, true],
  ['depthwiseConv2d with a multiplier', 2, 3, true],
] as const)('gradients of %s on wasm', (_, inChannels, last, depthwise) => {
  test.each(grid(inChannels, last, depthwise))('agree with backend cpu: %s', async (_, convolutionCase) => {
    const compute = convolution(convolutionCase, depthwise)
    const cpu = await onBackend('cpu', compute)
    const wasm = await onBackend('wasm', compute)
    for (const [i, values] of wasm.values.entries()) {
      expect(relativeDifference(values, cpu.values[i] as Float32Array)).toBeLessThan(1e-4)
    }
    expect(wasm.left).toBe(0)
  })
})

// Backend cpu is too slow to be compared with here: the other way of computing the filter's gradient is taken instead.
test('the filter gradient of many channels, by matrices, agrees with a finite difference', async () => {
  await tf.setBackend('wasm')
  const before = tf.memory().numTensors
  tf.tidy(() => {
    const [x, filter, direction] = [noise([2, 9, 8, 130], 1), noise([3, 3, 130, 128], 2), noise([3, 3, 130, 128], 4)]
    for (const strides of [1, 2]) {
      const output = (weights: tf.Tensor): tf.Tensor =>
        tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, strides, 'same')
      const weighting = noise(output(filter).shape, 3)
      const gradient = tf.grad((weights) => output(weights).mul(weighting).sum())(filter)
      // The convolution is linear in its filter: the difference is exact but for rounding.
      const along = gradient.mul(direction).sum().dataSync()[0] as number
      const difference = output(filter.add(direction)).sub(output(filter)).mul(weighting).sum().dataSync()[0] as number
      expect(Math.abs(along - difference) / Math.abs(difference)).toBeLessThan(1e-3)
    }
  })
  expect(tf.memory().numTensors).toBe(before)
})

test('gradients by input and filter agree with finite differences', async () => {
  await tf.setBackend('wasm')
  const [x, filter] = [noise([1, 5, 6, 2], 1), noise([3, 3, 2, 2], 2)]
  const loss = (input: tf.Tensor, weights: tf.Tensor): tf.Scalar =>
    tf
      .conv2d(input as tf.Tensor4D, weights as tf.Tensor4D, 2, 'same')
      .square()
      .sum()
  const gradients = tf.grads((a, b) => loss(a as tf.Tensor, b as tf.Tensor))([x, filter])
  for (const [which, tensor] of [x, filter].entries()) {
    const values = tensor.dataSync()
    for (let i = 0; i < values.length; i += 5) {
      const moved = (by: number): number => {
        const changed = values.slice()
        changed[i] = (changed[i] as number) + by
        const point = tf.tensor(changed, tensor.shape)
        return loss(...((which === 0 ? [point, filter] : [x, point]) as [tf.Tensor, tf.Tensor])).dataSync()[0] as number
      }
      const expected = (moved(0.01) - moved(-0.01)) / 0.02
      expect((gradients[which] as tf.Tensor).dataSync()[i]).toBeCloseTo(expected, 1)
    }
  }
})

test('pixels that no window reaches have the gradient 0', async () => {
  await tf.setBackend('wasm')
  // One window, of rows and columns -1 to 1 of the image: each of its four pixels inside gets 0.5 from each of three filters.
  const filter = tf.fill([3, 3, 6, 3], 0.5) as tf.Tensor4D
  const convolve = (x: tf.Tensor): tf.Tensor => tf.conv2d(x as tf.Tensor4D, filter, 5, 1)
  const expected = Array.from({ length: 5 * 5 * 6 }, (_, i) => {
    const [row, column] = [Math.floor(i / 30), Math.floor(i / 6) % 5]
    return row < 2 && column < 2 ? 1.5 : 0
  })
  // Memory that is used again has the numbers that were there before.
  for (let i = 0; i < 20; i++) tf.tidy(() => tf.fill([6 * (i + 1)], 7))
  const gradient = tf.grad((x) => tf.sum(convolve(x)))(tf.ones([1, 5, 5, 6]))
  expect([...gradient.dataSync()]).toEqual(expected)
})

test.each([
  ['Conv2D', 3, [5, 5, 3, 2]],
  ['Conv2D', 8, [5, 5, 8, 2]],
  ['DepthwiseConv2dNative', 2, [5, 5, 2, 1]],
] as const)('the gradients of an empty %s of %i channels are 0', async (name, channels, filterShape) => {
  await tf.setBackend('wasm')
  const inputShape = [1, 4, 4, channels]
  const [x, filter, dy] = [noise(inputShape), noise(filterShape), tf.zeros([1, 0, 0, 2])]
  const attributes = { strides: 1, pad: 'valid', dataFormat: 'NHWC', inputShape, filterShape: [...filterShape] }
  const run = (kernel: string, inputs: tf.NamedTensorMap): tf.Tensor =>
    tf.engine().runKernel(`${name}${kernel}`, inputs, attributes) as tf.Tensor
  // Memory that is used again has the numbers that were there before.
  for (const tensor of [x, filter]) tf.tidy(() => tf.fill([tensor.size], 7))
  expect(new Set(run('BackpropInput', { dy, filter }).dataSync())).toEqual(new Set([0]))
  expect(new Set(run('BackpropFilter', { x, dy }).dataSync())).toEqual(new Set([0]))
})

describe('windows that do not fit into the padded image agree with backend cpu', () => {
  const compute: Readonly<Record<string, (x: tf.Tensor4D, size: [number, number], pad: number) => tf.Tensor[]>> = {
    'rounded up': (x, size, pad) => [
      tf.conv2d(x, noise([...size, 2, 3], 2) as tf.Tensor4D, 2, pad, 'NHWC', 1, 'ceil'),
      tf.fused.conv2d({
        x,
        filter: noise([...size, 2, 3], 2) as tf.Tensor4D,
        strides: 2,
        pad,
        dimRoundingMode: 'ceil',
        activation: 'relu',
      }),
      tf.depthwiseConv2d(x, noise([...size, 2, 2], 2) as tf.Tensor4D, 2, pad, 'NHWC', 1, 'ceil'),
      tf.maxPool(x, size, 2, pad, 'ceil'),
      tf.avgPool(x, size, 2, pad, 'ceil'),
    ],
    'rounded down': (x, size, pad) => [
      tf.conv2d(x, noise([...size, 2, 3], 2) as tf.Tensor4D, 1, pad),
      tf.depthwiseConv2d(x, noise([...size, 2, 2], 2) as tf.Tensor4D, 1, pad),
      tf.maxPool(x, size, 1, pad),
      tf.avgPool(x, size, 1, pad),
    ],
  }
  test.each<[string, [number, number], number]>([
    ['rounded up', [3, 3], 0],
    ['rounded up', [2, 2], 0],
    ['rounded up', [3, 3], 1],
    ['rounded down', [3, 1], 0],
    ['rounded down', [1, 3], 0],
    ['rounded down', [2, 3], 1],
  ])('%s: %j, padding %i', async (rounding, size, pad) => {
    const run = (): tf.Tensor[] =>
      (compute[rounding] as (typeof compute)[string])(noise([2, 6, 7, 2]) as tf.Tensor4D, size, pad)
    const cpu = await onBackend('cpu', run)
    const wasm = await onBackend('wasm', run)
    for (const [i, values] of wasm.values.entries()) {
      expect(relativeDifference(values, cpu.values[i] as Float32Array)).toBeLessThan(1e-4)
    }
    expect(wasm.left).toBe(0)
  })
})

testLargeWindows()
