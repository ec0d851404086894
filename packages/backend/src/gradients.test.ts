import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { noise } from '../fixtures/compare.ts'
import { useBackend } from './use-backend.ts'

beforeAll(async () => {
  await useBackend('cpu')
})

/** The gradient of the sum of `compute`'s squares by an input, by central differences. */
function differences(compute: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, step = 0.01): number[] {
  const values = x.dataSync()
  return Array.from(values, (_, i) => {
    const moved = (by: number): number =>
      tf.tidy(() => {
        const changed = values.slice()
        changed[i] = (changed[i] as number) + by
        return compute(tf.tensor(changed, x.shape)).square().sum().dataSync()[0] as number
      })
    return (moved(step) - moved(-step)) / (2 * step)
  })
}

function expectRight(compute: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): void {
  const gradient = tf.tidy(() =>
    tf
      .grad((value) =>
        compute(value as tf.Tensor)
          .square()
          .sum(),
      )(x)
      .dataSync(),
  )
  const expected = differences(compute, x)
  const scale = Math.max(1, ...expected.map(Math.abs))
  for (const [i, value] of gradient.entries())
    expect(Math.abs(value - (expected[i] as number)) / scale).toBeLessThan(2e-3)
}

describe.each(['cpu', 'wasm'] as const)('on backend %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })

  // Worked by hand: [2, 1, 2, 3, 4, 3] is squared and summed; 2 and 3 stand there twice.
  test('mirrorPad: [1, 2, 3, 4] reflected by one on each side', () => {
    const gradient = tf.grad((x) =>
      tf
        .mirrorPad(x as tf.Tensor, [[1, 1]], 'reflect')
        .square()
        .sum(),
    )(tf.tensor1d([1, 2, 3, 4]))
    expect([...gradient.dataSync()]).toEqual([2, 8, 12, 8])
  })

  test.each<['reflect' | 'symmetric', [number, number][], number[]]>([
    ['reflect', [[0, 3]], [4]],
    ['symmetric', [[4, 1]], [4]],
    [
      'symmetric',
      [
        [1, 1],
        [2, 0],
      ],
      [3, 4],
    ],
    [
      'reflect',
      [
        [0, 0],
        [2, 1],
        [1, 2],
        [0, 0],
      ],
      [2, 4, 3, 2],
    ],
    [
      'symmetric',
      [
        [0, 0],
        [2, 1],
        [1, 2],
        [1, 1],
      ],
      [2, 3, 3, 2],
    ],
  ])('mirrorPad: %s by %j agrees with finite differences', (mode, paddings, shape) => {
    expectRight((x) => tf.mirrorPad(x, paddings, mode), noise(shape))
  })

  test.each<[[number, number], boolean, boolean]>([
    [[6, 8], false, false],
    [[5, 7], false, false],
    [[2, 3], false, false],
    [[5, 7], true, false],
    [[5, 7], false, true],
    [[1, 1], true, false],
  ])(
    'resizeNearestNeighbor of a batch to %j agrees with finite differences (corners aligned %p, half-pixel centers %p)',
    (size, alignCorners, halfPixelCenters) => {
      const weights = noise([3, ...size, 2], 6)
      expectRight(
        (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, alignCorners, halfPixelCenters).mul(weights),
        noise([3, 3, 4, 2]),
      )
    },
  )

  test.each<[number[], number | number[] | undefined, boolean]>([
    [[3, 4], undefined, false],
    [[3, 4], 0, true],
    [[2, 3, 4], [0, 2], false],
    [[2, 3, 4], [-1], true],
    [[2, 2, 3, 4], [0, 1, 2], false],
  ])('mean of %j over %j agrees with finite differences', (shape, axis, keepDims) => {
    expectRight((x) => tf.mean(x, axis, keepDims), noise(shape))
  })

  test('square agrees with finite differences, behind a mean and by itself', () => {
    expectRight((x) => x.square().mean([0], true), noise([3, 4]))
    expectRight((x) => x.square(), noise([3, 4]))
  })

  describe('batch normalization agrees with finite differences', () => {
    const shape: [number, number, number, number] = [3, 2, 2, 4]
    const x = noise(shape) as tf.Tensor4D
    const [mean, offset, scale] = [2, 3, 4].map((seed) => noise([4], seed) as tf.Tensor1D) as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
    ]
    const variance = (noise([4], 5) as tf.Tensor1D).abs().add(0.5) as tf.Tensor1D
    const weights = noise(shape, 9)

    test.each<[string, (value: tf.Tensor) => tf.Tensor, tf.Tensor]>([
      ['x', (value) => tf.batchNorm(value as tf.Tensor4D, mean, variance, offset, scale, 1e-3), x],
      ['mean', (value) => tf.batchNorm(x, value as tf.Tensor1D, variance, offset, scale, 1e-3), mean],
      ['variance', (value) => tf.batchNorm(x, mean, value as tf.Tensor1D, offset, scale, 1e-3), variance],
      ['offset', (value) => tf.batchNorm(x, mean, variance, value as tf.Tensor1D, scale, 1e-3), offset],
      ['scale', (value) => tf.batchNorm(x, mean, variance, offset, value as tf.Tensor1D, 1e-3), scale],
    ])('by %s', (_, compute, at) => {
      expectRight((value) => compute(value).mul(weights), at)
    })

    test('through the statistics of the batch itself', () => {
      expectRight((value) => {
        const { mean: batchMean, variance: spread } = tf.moments(value, [0, 1, 2])
        return tf
          .batchNorm(value as tf.Tensor4D, batchMean as tf.Tensor1D, spread as tf.Tensor1D, offset, scale, 1e-3)
          .mul(weights)
      }, x)
    })
  })

  test('leaves no tensor behind', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const x = noise([2, 3, 3, 2])
      tf.grad((value) => {
        const padded = tf.mirrorPad(
          value as tf.Tensor,
          [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ],
          'reflect',
        )
        const { mean, variance } = tf.moments(padded, [0, 1, 2])
        const [offset, scale] = [tf.zeros([2]), tf.ones([2])] as [tf.Tensor1D, tf.Tensor1D]
        return tf
          .batchNorm(padded as tf.Tensor4D, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale)
          .mean()
          .square() as tf.Scalar
      })(x)
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})
