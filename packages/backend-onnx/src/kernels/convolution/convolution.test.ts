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

// Each way of a gradient is chosen by shape: random ones meet all of them, and maps smaller than the filter.
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

// Large maps are convolved over blocks of channels, and their filters' gradients taken image by image.
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
  "convolutions of %s shapes and their gradients are backend cpu's",
  async (_, shapes, numRuns) => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ batch, map, kernel, strides, channels, filters, pad }) => {
        const results = async (backend: string): Promise<Float32Array[]> => {
          await tf.setBackend(backend)
          const x = tf.randomUniform([batch, ...map, channels], -1, 1, 'float32', 1)
          const filter = tf.randomUniform([...kernel, channels, filters], -1, 1, 'float32', 2)
          const score = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
            tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad))
          const found = tf.tidy(() => {
            const { value, grads } = tf.valueAndGrads(score)([x, filter])
            return [value, ...grads]
          })
          const values = await Promise.all(found.map((result) => result.data() as Promise<Float32Array>))
          tf.dispose([x, filter, ...found])
          return values
        }
        const [expected, got] = [await results('cpu'), await results('onnx')]
        for (const [i, numbers] of expected.entries()) {
          const others = got[i] as Float32Array
          expect(others).toHaveLength(numbers.length)
          const largest = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 1e-3)
          const off = numbers.reduce((most, number, j) => Math.max(most, Math.abs((others[j] as number) - number)), 0)
          expect(off / largest).toBeLessThan(1e-5)
        }
      }),
      { numRuns, seed: 1 },
    )
  },
  120_000,
)
