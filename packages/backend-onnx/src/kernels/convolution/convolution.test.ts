import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import '../../register.ts'

interface Shape {
  readonly batch: number
  readonly map: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly strides: [number, number]
  readonly channels: number
  readonly filters: number
  readonly pad: 'same' | 'valid'
}

// The strategy depends on the shape: random shapes reach all of them, and maps smaller than the filter.
const side = fc.integer({ min: 1, max: 9 })
const shapes: fc.Arbitrary<Shape> = fc
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
const large: fc.Arbitrary<Shape> = fc.record({
  batch: fc.integer({ min: 2, max: 3 }),
  map: fc.tuple(fc.integer({ min: 30, max: 34 }), fc.integer({ min: 30, max: 34 })),
  kernel: fc.constantFrom([3, 3] as const, [1, 3] as const, [2, 5] as const, [1, 1] as const),
  strides: fc.constantFrom<[number, number]>([1, 1], [1, 1], [2, 1]),
  channels: fc.constant(16),
  filters: fc.constantFrom(16, 20),
  pad: fc.constantFrom('same' as const, 'valid' as const),
})

test.each([
  ['random', shapes, 100],
  ['large', large, 8],
] as const)(
  'convolutions of %s shapes and their gradients agree with backend cpu',
  async (_, shapes, numRuns) => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ batch, map, kernel, strides, channels, filters, pad }) => {
        const compute = async (backend: string): Promise<Float32Array[]> => {
          await tf.setBackend(backend)
          const x = tf.randomUniform([batch, ...map, channels], -1, 1, 'float32', 1)
          const filter = tf.randomUniform([...kernel, channels, filters], -1, 1, 'float32', 2)
          const score = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
            tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad))
          const results = tf.tidy(() => {
            const { value, grads } = tf.valueAndGrads(score)([x, filter])
            return [value, ...grads]
          })
          const values = await Promise.all(results.map((result) => result.data() as Promise<Float32Array>))
          tf.dispose([x, filter, ...results])
          return values
        }
        const expected = await compute('cpu')
        const actual = await compute('onnx')
        for (const [i, numbers] of expected.entries()) {
          const onnxNumbers = actual[i] as Float32Array
          expect(onnxNumbers).toHaveLength(numbers.length)
          const largest = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 1e-3)
          const error = numbers.reduce(
            (most, number, j) => Math.max(most, Math.abs((onnxNumbers[j] as number) - number)),
            0,
          )
          expect(error / largest).toBeLessThan(1e-5)
        }
      }),
      { numRuns, seed: 1 },
    )
  },
  120_000,
)
