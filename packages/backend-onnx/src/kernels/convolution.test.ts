import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import '../register.ts'

// Each way of a gradient is chosen by shape: random ones meet all of them, and maps smaller than the filter.
const side = fc.integer({ min: 1, max: 9 })
const shapes = fc
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

test("gradients of convolutions of random shapes are engine cpu's", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async ({ batch, map, kernel, strides, channels, filters, pad }) => {
      const gradients = async (engine: string): Promise<number[]> => {
        await tf.setBackend(engine)
        const x = tf.randomUniform([batch, ...map, channels], -1, 1, 'float32', 1)
        const filter = tf.randomUniform([...kernel, channels, filters], -1, 1, 'float32', 2)
        const score = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
          tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad))
        const found = tf.tidy(() => tf.grads(score)([x, filter]))
        const values = await Promise.all(found.map((gradient) => gradient.data()))
        tf.dispose([x, filter, ...found])
        return values.flatMap((numbers) => [...numbers])
      }
      const [expected, got] = [await gradients('cpu'), await gradients('onnx')]
      expect(got).toHaveLength(expected.length)
      for (const [i, number] of expected.entries()) {
        expect(Math.abs((got[i] as number) - number)).toBeLessThan(1e-4 * (1 + Math.abs(number)))
      }
    }),
    { numRuns: 100, seed: 1 },
  )
}, 120_000)
