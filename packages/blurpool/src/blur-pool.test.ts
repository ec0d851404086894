import { readFileSync } from 'node:fs'
import { useBackend } from '@facekp/backend'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { computeGradient, expectClose, finiteDifferences, summarize, waves } from '../fixtures/compare.ts'
import type { BlurConvention } from './blur-options.ts'
import { blurPool1d, blurPool2d, maxBlurPool1d, maxBlurPool2d } from './blur-pool.ts'
import type { BlurPadding } from './padding.ts'

type Case = [number[], BlurConvention, number, number, BlurPadding, number[], number[], number[]]

// Made by blur-pool.golden.py beside this file.
const { cases } = JSON.parse(readFileSync(new URL('blur-pool.golden.json', import.meta.url), 'utf8')) as {
  cases: Case[]
}

function blurWith([shape, convention, filterSize, strides, padding]: Case): (x: tf.Tensor) => tf.Tensor {
  const options = { convention, filterSize, strides, padding }
  return shape.length === 4
    ? (x) => blurPool2d(x as tf.Tensor4D, options)
    : (x) => blurPool1d(x as tf.Tensor3D, options)
}

describe.each(['cpu', 'wasm', 'onnx'] as const)('on backend %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })
  // Each structure is compiled on backend onnx.
  const backendCases = cases.filter(([, , size, strides]) => backend !== 'onnx' || (size === 4 && strides === 2))

  test("has PyTorch's values and gradients, for every convention, size, stride, padding, odd and even side", () => {
    expect(backendCases.length).toBeGreaterThan(30)
    for (const goldenCase of backendCases) {
      tf.tidy(() => {
        const [shape, , , , , outShape, value, gradient] = goldenCase
        const x = waves(shape, 0)
        const y = blurWith(goldenCase)(x)
        expect(y.shape).toEqual(outShape)
        expectClose(summarize(y), value)
        expectClose(summarize(computeGradient(blurWith(goldenCase), x)), gradient)
      })
    }
  })

  test('has the gradient of finite differences at every place', () => {
    // Backend cpu takes a minute for all of them; the gradient's code is the same.
    for (const goldenCase of backendCases.filter(([shape]) => backend !== 'cpu' || shape.length === 3)) {
      tf.tidy(() => {
        const x = waves([1, ...goldenCase[0].slice(1)], 0.5)
        const gradient = computeGradient(blurWith(goldenCase), x)
        const expected = finiteDifferences(blurWith(goldenCase), x)
        expect(gradient.sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-4)
      })
    }
  })

  test('leaves no tensor behind but the cached filters', () => {
    const x = waves([1, 8, 9, 2], 0)
    const line = waves([1, 8, 2], 0) as tf.Tensor3D
    const compute = (): void => {
      computeGradient((value) => maxBlurPool2d(value as tf.Tensor4D), x).dispose()
      blurPool2d(x as tf.Tensor4D, { filterSize: 1, strides: 1 }).dispose()
      maxBlurPool1d(line).dispose()
    }
    compute()
    const before = tf.memory().numTensors
    compute()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose([x, line])
  })
})

describe('blurPool2d', () => {
  beforeAll(() => tf.setBackend('cpu'))

  // Worked by hand: [1, 2, 3, 4, 5, 6] reflected is [2 | 1, 2, 3, 4, 5, 6 | 5, 4]; [1, 3, 3, 1] / 8 at 0, 2 and 4.
  test('blurs a row as by hand', () => {
    const row = tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 6, 1])
    expectClose([...blurPool1d(row).dataSync()], [(2 + 3 + 6 + 3) / 8, 3.5, (4 + 15 + 18 + 5) / 8])
  })

  test.each(['reflect', 'replicate'] as const)('keeps a constant map (%s)', (padding) => {
    for (const filterSize of [1, 2, 3, 4, 5, 6, 7]) {
      const y = blurPool2d(tf.fill([1, 7, 8, 3], 2.5), { filterSize, padding })
      expect(y.sub(2.5).abs().max().dataSync()[0]).toBeLessThan(1e-6)
    }
  })

  test('keeps pixels with filter size 1, also integers', () => {
    const x = tf.range(0, 12, 1, 'int32').reshape([1, 3, 4, 1]) as tf.Tensor4D
    expect([...blurPool2d(x, { filterSize: 1 }).dataSync()]).toEqual([0, 2, 8, 10])
  })

  test('a map that is too small for reflection is an error, but can be replicated or padded with zeros', () => {
    const small = tf.ones([1, 2, 2, 1]) as tf.Tensor4D
    expect(blurPool2d(small, { padding: 'replicate' }).dataSync()).toEqual(Float32Array.of(1))
    expect(blurPool2d(small, { filterSize: 7, padding: 'zero' }).shape).toEqual([1, 1, 1, 1])
    expect(() => blurPool2d(small)).toThrow(
      expect.objectContaining({
        code: 'BLUR_SIZE',
        received: 'a side of 2',
        expected: "a side of 3 or more, or padding 'replicate' or 'zero'",
      }),
    )
    expect(() => blurPool2d(small, { filterSize: 4, convention: 'kornia', strides: 1 })).not.toThrow()
    expect(() => blurPool2d(tf.ones([1, 1, 2, 1]) as tf.Tensor4D, { filterSize: 4, convention: 'kornia' })).toThrow(
      expect.objectContaining({ code: 'BLUR_SIZE', received: 'a side of 1, padded to 3' }),
    )
  })

  test.each([
    [{ filterSize: 8 }, 'filterSize'],
    [{ strides: 0 }, 'strides'],
    [{ padding: 'same' as BlurPadding }, 'padding'],
    [{ convention: 'pytorch' as BlurConvention }, 'convention'],
    [{ filtersize: 3 } as object, 'filtersize'],
  ])('%j is an error that names the option', (options, name) => {
    expect(() => blurPool2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, options)).toThrow(
      expect.objectContaining({ code: 'BLUR_OPTIONS', message: expect.stringContaining(name) }),
    )
  })
})

test.each<[string, (x: tf.Tensor) => tf.Tensor, number[], string]>([
  ['blurPool2d', (x) => blurPool2d(x as tf.Tensor4D), [4, 4, 1], '[batch, height, width, channels]'],
  ['maxBlurPool2d', (x) => maxBlurPool2d(x as tf.Tensor4D), [4, 4, 1], '[batch, height, width, channels]'],
  ['blurPool1d', (x) => blurPool1d(x as tf.Tensor3D), [1, 4, 4, 1], '[batch, length, channels]'],
])('%s of another rank is an error', (_, pool, shape, expected) => {
  expect(() => pool(tf.ones(shape))).toThrow(
    expect.objectContaining({ code: 'BLUR_RANK', received: JSON.stringify(shape), expected }),
  )
})

describe('maxBlurPool', () => {
  test('takes maxima pixel by pixel, then blurs', () => {
    const row = tf.tensor3d([1, 5, 2, 2, 0, 3, 4], [1, 7, 1])
    const maxima = tf.tensor3d([5, 5, 2, 2, 3, 4], [1, 6, 1])
    expect(maxBlurPool1d(row).dataSync()).toEqual(blurPool1d(maxima).dataSync())
    const x = waves([2, 6, 9, 2], 0) as tf.Tensor4D
    expect(maxBlurPool2d(x, { poolSize: 3, filterSize: 3 }).dataSync()).toEqual(
      blurPool2d(tf.maxPool(x, 3, 1, 'valid'), { filterSize: 3 }).dataSync(),
    )
  })

  test('a map smaller than the window is an error', () => {
    expect(() => maxBlurPool2d(tf.ones([1, 2, 5, 1]) as tf.Tensor4D, { poolSize: 3 })).toThrow(
      expect.objectContaining({ code: 'BLUR_SIZE' }),
    )
    expect(() => maxBlurPool2d(tf.ones([1, 5, 5, 1]) as tf.Tensor4D, { poolSize: 0 })).toThrow(
      expect.objectContaining({ code: 'BLUR_OPTIONS', message: expect.stringContaining('poolSize') }),
    )
  })
})
