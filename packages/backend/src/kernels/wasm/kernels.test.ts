import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { noise, onBackend, relativeDifference } from '../../../fixtures/compare.ts'
import { useBackend } from '../../use-backend.ts'

beforeAll(async () => {
  await useBackend('wasm')
})

async function expectAsOnCpu(compute: () => tf.Tensor[]): Promise<void> {
  const [cpu, wasm] = [await onBackend('cpu', compute), await onBackend('wasm', compute)]
  for (const [i, values] of wasm.values.entries()) {
    expect(relativeDifference(values, cpu.values[i] as Float32Array)).toBeLessThan(1e-4)
  }
  expect(wasm.left).toBe(0)
}

describe('matMul on wasm agrees with backend cpu', () => {
  const sizes = [1, 3, 4, 7, 8, 9, 20].flatMap((rows) => [
    { rows, shared: 5, columns: 6 },
    { rows, shared: 30, columns: 2 },
    { rows, shared: 1, columns: 40 },
  ])
  test.each(
    [false, true].flatMap((transposeA) =>
      [false, true].flatMap((transposeB) => sizes.map((size) => ({ ...size, transposeA, transposeB }))),
    ),
  )('$rows x $shared x $columns, transposed $transposeA and $transposeB', async (call) => {
    const { rows, shared, columns, transposeA, transposeB } = call
    const a = transposeA ? [shared, rows] : [rows, shared]
    const b = transposeB ? [columns, shared] : [shared, columns]
    await expectAsOnCpu(() => [tf.matMul(noise(a, 1), noise(b, 2), transposeA, transposeB)])
  })

  test.each([
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [1, 3, 4],
      [4, 5],
    ],
    [
      [1, 1, 3, 4],
      [1, 1, 4, 5],
    ],
    [
      [3, 4],
      [6, 4, 5],
    ],
  ])('%j by %j', async (a, b) => {
    await expectAsOnCpu(() => [tf.matMul(noise(a, 1), noise(b, 2))])
  })

  // The shapes are those of numpy.matmul.
  test.each<[number[], number[], number[]]>([
    [
      [2, 3],
      [1, 3, 4],
      [1, 2, 4],
    ],
    [
      [1, 1, 9, 3],
      [3, 4],
      [1, 1, 9, 4],
    ],
    [
      [1, 2, 3],
      [1, 1, 3, 4],
      [1, 1, 2, 4],
    ],
  ])('%j by %j has the shape %j', (a, b, shape) => {
    expect(tf.matMul(tf.ones(a), tf.ones(b)).shape).toEqual(shape)
    const [gradientA, gradientB] = tf.grads((x, y) => tf.sum(tf.matMul(x as tf.Tensor, y as tf.Tensor)))([
      tf.ones(a),
      tf.ones(b),
    ])
    expect([gradientA?.shape, gradientB?.shape]).toEqual([a, b])
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%i rows by a matrix with an infinity', async (rows) => {
    const b = tf.tensor2d([Number.POSITIVE_INFINITY, 1, 1, 2], [2, 2])
    const expected = Array.from({ length: rows }, () => [Number.POSITIVE_INFINITY, 3])
    expect(tf.matMul(tf.ones([rows, 2]), b).arraySync()).toEqual(expected)
  })

  test('a dense layer and its gradients', async () => {
    await expectAsOnCpu(() => {
      const [x, weights, bias] = [noise([4, 30], 1), noise([30, 12], 2), noise([12], 3)]
      const dense = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor =>
        tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: c, activation: 'relu' })
      return tf.grads((...inputs: tf.Tensor[]) =>
        dense(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor]))
          .square()
          .sum(),
      )([x, weights, bias])
    })
  })
})

describe('a product with bias and activation on wasm', () => {
  // [[1, 2], [3, 4], [-5, 6]] by [[1, -1], [0.5, -1]] is [[2, -3], [5, -7], [-2, -1]].
  const [a, b] = [
    [1, 2, 3, 4, -5, 6],
    [1, -1, 0.5, -1],
  ]
  const twice = (numbers: number[]): number[] => [...numbers, ...numbers]
  const sums = [-8, 97, -5, 93, -12, 99]

  test.each<[string, () => tf.Tensor, number[]]>([
    [
      'a transposed first matrix',
      () =>
        tf.fused.matMul({
          a: tf.tensor2d([1, 3, -5, 2, 4, 6], [2, 3]),
          b: tf.tensor2d(b, [2, 2]),
          transposeA: true,
          bias: tf.tensor1d([-10, 100]),
        }),
      sums,
    ],
    [
      'a transposed second matrix',
      () =>
        tf.fused.matMul({
          a: tf.tensor2d(a, [3, 2]),
          b: tf.tensor2d([1, 0.5, -1, -1], [2, 2]),
          transposeB: true,
          bias: tf.tensor1d([-10, 100]),
        }),
      sums,
    ],
    [
      'a batch of first matrices',
      () =>
        tf.fused.matMul({
          a: tf.tensor3d(twice(a), [2, 3, 2]),
          b: tf.tensor3d(b, [1, 2, 2]),
          bias: tf.tensor1d([-10, 100]),
        }),
      twice(sums),
    ],
    [
      'one bias for all columns, and leaky ReLU',
      () =>
        tf.fused.matMul({
          a: tf.tensor2d(a, [3, 2]),
          b: tf.tensor2d(b, [2, 2]),
          bias: tf.scalar(-1),
          activation: 'leakyrelu',
          leakyreluAlpha: 0.5,
        }),
      [1, -2, 4, -4, -1.5, -1],
    ],
    [
      'PReLU',
      () =>
        tf.fused.matMul({
          a: tf.tensor3d(twice(a), [2, 3, 2]),
          b: tf.tensor3d(twice(b), [2, 2, 2]),
          bias: tf.tensor1d([-10, 100]),
          activation: 'prelu',
          preluActivationWeights: tf.tensor1d([0.25, 7]),
        }),
      twice([-2, 97, -1.25, 93, -3, 99]),
    ],
  ])('%s', async (_, compute, expected) => {
    const { values, left } = await onBackend('wasm', () => [compute()])
    expect([...(values[0] as Float32Array)]).toEqual(expected)
    expect(left).toBe(0)
  })
})

describe('PReLU on wasm', () => {
  const x = (): tf.Tensor4D => tf.tensor4d([-1, -2, -3, 4, -5, -6, 7, -8], [1, 2, 2, 2])
  // numpy: np.where(x < 0, alpha * x, x)
  const CASES: readonly (readonly [string, number[], number[], number[]])[] = [
    ['all', [10], [1], [-10, -20, -30, 4, -50, -60, 7, -80]],
    ['each channel', [1, 10], [1, 1, 2], [-1, -20, -3, 4, -5, -60, 7, -80]],
    ['each row', [1, 10], [2, 1, 1], [-1, -2, -3, 4, -50, -60, 7, -80]],
    ['each column', [1, 10], [2, 1], [-1, -2, -30, 4, -5, -6, 7, -80]],
    ['each row and channel', [1, 10, 100, 1000], [2, 1, 2], [-1, -20, -3, 4, -500, -6000, 7, -8000]],
    ['each pixel', [1, 10, 100, 1000], [2, 2, 1], [-1, -2, -30, 4, -500, -600, 7, -8000]],
  ]
  test.each(CASES)('with an alpha of %s', async (_, alpha, shape, expected) => {
    const { values, left } = await onBackend('wasm', () => [tf.prelu(x() as tf.Tensor, tf.tensor(alpha, shape))])
    expect([...(values[0] as Float32Array)]).toEqual(expected)
    expect(left).toBe(0)
  })

  test.each(CASES)('fused with a convolution, with an alpha of %s', async (_, alpha, shape, expected) => {
    // Each channel of the result is the other one of x.
    const filter = tf.tensor4d([0, 1, 1, 0], [1, 1, 2, 2])
    const { values, left } = await onBackend('wasm', () => [
      tf.fused.conv2d({
        x: tf.reverse(x(), 3),
        filter,
        strides: 1,
        pad: 'valid',
        activation: 'prelu',
        preluActivationWeights: tf.tensor(alpha, [1, 1, ...shape].slice(-3)),
      }),
    ])
    expect([...(values[0] as Float32Array)]).toEqual(expected)
    expect(left).toBe(0)
    filter.dispose()
  })

  test('fused with a product, with an alpha of each row', async () => {
    const { values } = await onBackend('wasm', () => [
      tf.fused.matMul({
        a: tf.tensor2d([1, 0, 0, 1], [2, 2]),
        b: tf.tensor2d([-1, 2, -3, -4], [2, 2]),
        activation: 'prelu',
        preluActivationWeights: tf.tensor2d([10, 100], [2, 1]),
      }),
    ])
    expect([...(values[0] as Float32Array)]).toEqual([-10, 2, -300, -400])
  })
})

describe('sum and mean on wasm agree with backend cpu', () => {
  test.each<[number[], number | number[] | undefined, boolean]>([
    [[5, 7], 0, false],
    [[5, 7], [0], true],
    [[5, 7], 1, false],
    [[5, 7], undefined, false],
    [[3, 4, 5, 6], [0, 1, 2], false],
    [[3, 4, 5, 6], [-4, -3, -2], true],
    [[3, 4, 5, 6], [1, 2], false],
    [[9], undefined, false],
    [[1, 3], 0, false],
  ])('%j over %j', async (shape, axis, keepDims) => {
    await expectAsOnCpu(() => [tf.sum(noise(shape), axis, keepDims), tf.mean(noise(shape), axis, keepDims)])
  })

  test('whole numbers and truth values are summed too', async () => {
    await expectAsOnCpu(() => [
      tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0),
      tf.sum(tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool'), 0),
    ])
  })
})

test('a tensor of another backend moves to wasm, also if the heap has to grow for it', async () => {
  await tf.setBackend('cpu')
  // 64 MB; the heap begins with 16 MB.
  const x = tf.ones([2 ** 22, 4])
  await tf.setBackend('wasm')
  expect([...tf.sum(x, 0).dataSync()]).toEqual(Array(4).fill(2 ** 22))
  x.dispose()
})

describe('max-pooling on wasm', () => {
  test.each<
    [[number, number, number, number], number | [number, number], number | [number, number], 'valid' | 'same' | number]
  >([
    [[2, 6, 8, 3], 2, 2, 'valid'],
    [[2, 7, 9, 3], 2, 2, 'same'],
    [[1, 7, 7, 2], 3, 2, 1],
    [[1, 6, 6, 2], 3, 1, 'same'],
    [[1, 6, 9, 2], [2, 3], [1, 2], 'valid'],
  ])('gradient of %j by %j, stride %j, %s agrees with backend cpu', async (shape, size, strides, pad) => {
    await expectAsOnCpu(() => {
      const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, size, strides, pad)
      const output = pool(noise(shape))
      return [
        output,
        tf.grad((x) =>
          pool(x as tf.Tensor)
            .mul(noise(output.shape, 2))
            .sum(),
        )(noise(shape)),
      ]
    })
  })

  // PyTorch: x = torch.zeros(1, 1, 2, 2, requires_grad=True); F.max_pool2d(x, 2).sum().backward(); x.grad -> [[1, 0], [0, 0]].
  test('gives the gradient to the first of equal inputs', async () => {
    await tf.setBackend('wasm')
    const gradient = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid').sum())(tf.zeros([1, 2, 2, 1]))
    expect([...gradient.dataSync()]).toEqual([1, 0, 0, 0])
  })
})

describe('the rest', () => {
  test('identity shares its numbers and outlives its source', async () => {
    await tf.setBackend('wasm')
    const before = tf.memory().numTensors
    const x = tf.tensor1d([1, 2, 3])
    const copy = tf.engine().runKernel('Identity', { x }) as tf.Tensor
    x.dispose()
    expect([...copy.dataSync()]).toEqual([1, 2, 3])
    copy.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('a layers model learns on wasm as on cpu: five steps of each optimizer', async () => {
    const learn = async (backend: string): Promise<number[]> => {
      await tf.setBackend(backend)
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [8, 8, 2],
            filters: 6,
            kernelSize: 3,
            padding: 'same',
            kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
          }),
          tf.layers.batchNormalization({}),
          tf.layers.reLU(),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.depthwiseConv2d({
            kernelSize: 3,
            depthwiseInitializer: tf.initializers.glorotUniform({ seed: 2 }),
          }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 4, kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) }),
        ],
      })
      model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'meanSquaredError' })
      const [x, y] = [noise([6, 8, 8, 2], 4), noise([6, 4], 5)]
      const losses: number[] = []
      for (let step = 0; step < 5; step++) losses.push((await model.trainOnBatch(x, y)) as number)
      return losses
    }
    const [cpu, wasm] = [await learn('cpu'), await learn('wasm')]
    for (const [i, loss] of wasm.entries())
      expect(Math.abs(loss - (cpu[i] as number)) / (cpu[i] as number)).toBeLessThan(1e-4)
    expect(wasm[4]).toBeLessThan(wasm[0] as number)
  })
})
