import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { type ConvolutionCall, convolveDirectly } from '../../../fixtures/direct-convolution.ts'
import '../../register.ts'

// The strategy depends on the shape: random shapes reach all of them, and maps smaller than the filter.
const side = fc.integer({ min: 1, max: 9 })
const shapes: fc.Arbitrary<ConvolutionCall> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    map: fc.tuple(side, side),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    channels: fc.constantFrom(1, 8, 9, 12),
    filters: fc.integer({ min: 1, max: 5 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  })
  .filter(({ map, kernel, pad }) => pad === 'same' || map.every((size, axis) => size >= (kernel[axis] as number)))

// Large maps are convolved over blocks of channels, and their filter gradients are computed image by image.
const large: fc.Arbitrary<ConvolutionCall> = fc.record({
  batch: fc.integer({ min: 2, max: 3 }),
  map: fc.tuple(fc.integer({ min: 30, max: 34 }), fc.integer({ min: 30, max: 34 })),
  kernel: fc.constantFrom([3, 3] as const, [1, 3] as const, [2, 5] as const, [1, 1] as const),
  strides: fc.constantFrom<[number, number]>([1, 1], [1, 1], [2, 1]),
  channels: fc.constant(16),
  filters: fc.constantFrom(16, 20),
  pad: fc.constantFrom('same' as const, 'valid' as const),
})

const createInputs = ({ batch, map, kernel, channels, filters }: ConvolutionCall): [tf.Tensor, tf.Tensor] => [
  tf.randomUniform([batch, ...map, channels], -1, 1, 'float32', 1),
  tf.randomUniform([...kernel, channels, filters], -1, 1, 'float32', 2),
]

type Border = readonly [before: number, after: number]

/** Computes the square of a convolution and the gradients of its sum on a backend, with zeros around the maps if there are borders. */
async function computeOn(backend: string, call: ConvolutionCall, borders?: readonly Border[]): Promise<Float32Array[]> {
  const { strides, pad } = call
  await tf.setBackend(backend)
  const inputs = createInputs(call)
  const addBorders = (x: tf.Tensor): tf.Tensor4D =>
    (borders ? tf.pad(x, [[0, 0], ...borders, [0, 0]] as [number, number][]) : x) as tf.Tensor4D
  const score = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.square(tf.conv2d(addBorders(x), filter as tf.Tensor4D, strides as [number, number], pad))
  const results = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads(score)(inputs)
    return [value, ...grads]
  })
  const values = await Promise.all(results.map((result) => result.data() as Promise<Float32Array>))
  tf.dispose([...inputs, ...results])
  return values
}

async function computeDirectly(call: ConvolutionCall): Promise<readonly Float64Array[]> {
  await tf.setBackend('cpu')
  const inputs = createInputs(call)
  const [x, filter] = inputs.map((tensor) => tensor.dataSync()) as [tf.TypedArray, tf.TypedArray]
  tf.dispose(inputs)
  return convolveDirectly(call, x, filter)
}

function expectClose(actual: readonly Float32Array[], expected: readonly (Float32Array | Float64Array)[]): void {
  expect(actual).toHaveLength(expected.length)
  for (const [i, numbers] of expected.entries()) {
    const values = actual[i] as Float32Array
    expect(values).toHaveLength(numbers.length)
    let largest = 1e-3
    let error = 0
    for (const [j, number] of numbers.entries()) {
      largest = Math.max(largest, Math.abs(number))
      error = Math.max(error, Math.abs((values[j] as number) - number))
    }
    expect(error / largest).toBeLessThan(1e-5)
  }
}

test('convolutions of random shapes and their gradients agree with backend cpu, and so does the definition', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (call) => {
      const expected = await computeOn('cpu', call)
      expectClose(await computeOn('onnx', call), expected)
      expectClose(expected, await computeDirectly(call))
    }),
    { numRuns: 100, seed: 1 },
  )
})

test('convolutions of large shapes and their gradients agree with the definition', async () => {
  await fc.assert(
    fc.asyncProperty(large, async (call) => {
      expectClose(await computeOn('onnx', call), await computeDirectly(call))
    }),
    { numRuns: 8, seed: 1 },
  )
})

// Also borders wider than the window, so that some windows see nothing else.
const border = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
const small = fc.record({
  batch: fc.integer({ min: 2, max: 4 }),
  map: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
  kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  channels: fc.constantFrom(2, 9),
  filters: fc.integer({ min: 1, max: 12 }),
  pad: fc.constant('valid' as const),
})
const bordered = fc
  .tuple(small, fc.tuple(border, border))
  .filter(([{ map, kernel }, borders]) =>
    borders.every(([before, after], axis) => (map[axis] as number) + before + after >= (kernel[axis] as number)),
  )

test('convolutions of small maps with borders and their gradients agree with backend cpu', async () => {
  await fc.assert(
    fc.asyncProperty(bordered, async ([call, borders]) => {
      expectClose(await computeOn('onnx', call, borders), await computeOn('cpu', call, borders))
    }),
    { numRuns: 60, seed: 1 },
  )
})
