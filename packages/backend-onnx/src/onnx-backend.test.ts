import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { configureOnnx, countOnnxSessions, setThreads } from './configure.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

beforeEach(async () => {
  await tf.setBackend('onnx')
})
afterEach(() => {
  tf.env().set('ONNX_DEBUG', false)
})

describe('reading', () => {
  test('data() and dataSync() read the same numbers, in the order of the tensor for any layout in memory', async () => {
    const x = tf.range(0, 24).reshape([1, 2, 3, 4]) as tf.Tensor4D
    const y = tf.conv2d(x, tf.ones([1, 1, 4, 2]) as tf.Tensor4D, 1, 'same')
    expect([...y.dataSync()]).toEqual([6, 6, 22, 22, 38, 38, 54, 54, 70, 70, 86, 86])
    expect(await y.data()).toEqual(y.dataSync())
  })

  test('a result and its reshape can both be read', async () => {
    const sum = tf.add(tf.tensor2d([[1, 2, 3]]), 1)
    const reshaped = tf.reshape(tf.neg(sum), [3, 1])
    const again = tf.reshape(sum, [3])
    expect([sum.shape, reshaped.shape, again.shape]).toEqual([[1, 3], [3, 1], [3]])
    expect(await Promise.all([sum, reshaped, again].map(async (x) => [...(await x.data())]))).toEqual([
      [2, 3, 4],
      [-2, -3, -4],
      [2, 3, 4],
    ])
  })

  test('numbers that are being read arrive although their tensor is disposed', async () => {
    const reads: Promise<tf.TypedArray>[] = []
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]).add(1)
      reads.push(x.data(), tf.complex(x, x.neg()).data())
    })
    expect((await Promise.all(reads)).map((numbers) => [...numbers])).toEqual([
      [2, 3],
      [2, -2, 3, -3],
    ])
  })

  test('changing an array that was read changes no tensor', () => {
    const y = tf.tensor1d([1, 2, 3]).add(1)
    const read = y.dataSync()
    const z = y.mul(2)
    read[0] = 100
    expect([...y.dataSync()]).toEqual([2, 3, 4])
    expect([...z.dataSync()]).toEqual([4, 6, 8])
  })

  test('changing the array that a tensor was made of changes no recorded operation', () => {
    const batch = Float32Array.of(1, 2)
    const results = [1, 2, 3].map((factor) => {
      batch.fill(factor)
      const x = tf.tensor1d(batch)
      const y = x.mul(10)
      x.dispose()
      return y
    })
    expect(results.map((y) => [...y.dataSync()])).toEqual([
      [10, 10],
      [20, 20],
      [30, 30],
    ])
  })

  test('a graph deeper than the stack is computed', () => {
    let x: tf.Tensor = tf.scalar(0)
    // A recursion of Node's overflows the stack before 8,000 calls.
    for (let i = 0; i < 9000; i++) x = x.add(1)
    expect(x.dataSync()[0]).toBe(9000)
  })
})

describe('errors', () => {
  test('a wrong shape throws when the operation is called', () => {
    expect(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow(/inner shapes \(3\) and \(4\)/)
    expect(() => tf.add(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow(/could not be broadcast/)
    expect(() => tf.conv2d(tf.zeros<tf.Rank.R4>([1, 4, 4, 2]), tf.zeros([3, 3, 5, 1]), 1, 'same')).toThrow(/depth/)
  })

  test('an error of the runtime names the operation for every reader; the backend stays usable', async () => {
    // More than ONNX Runtime can allocate.
    const huge = tf.fill([2 ** 20, 2 ** 15], 2).mul(tf.fill([2 ** 20, 1], 3))
    const dependent = huge.sum()
    const fine = tf.scalar(2).square()
    await expect(huge.data()).rejects.toThrow(/computing Fill failed/)
    await expect(dependent.data()).rejects.toThrow(/computing Fill failed/)
    // Recorded before the failure, and independent of it.
    expect(fine.dataSync()[0]).toBe(4)
    expect(tf.scalar(3).square().dataSync()[0]).toBe(9)
    tf.dispose([huge, dependent, fine])
  })

  test('using a disposed tensor throws', () => {
    const x = tf.scalar(1)
    x.dispose()
    expect(() => x.add(1)).toThrow(/disposed/)
  })

  test('in debug mode each operation is computed at once', () => {
    tf.env().set('ONNX_DEBUG', true)
    const before = countOnnxSessions().compiled
    tf.tensor1d([1, 2, 3, 4, 5, 6, 7]).mul(3).tanh()
    expect(countOnnxSessions().compiled).toBe(before + 2)
  })

  test.each([
    { threads: 0 },
    { threads: 1.5 },
    { threads: undefined },
    { threads: Number.NaN },
    { arena: 1 },
    { maxSessions: -1 },
    { provider: 'tpu' },
    { speed: 3 },
  ])('invalid settings %j are rejected by name', (settings) => {
    expect(() => configureOnnx(settings as never)).toThrow(
      expect.objectContaining({
        code: 'ONNX_SETTINGS',
        message: expect.stringContaining(Object.keys(settings)[0] as string),
      }),
    )
  })
})

describe('memory', () => {
  const step = (size: number): Promise<unknown> => {
    const loss = tf.tidy(() => {
      const x = tf.ones([2, size, size, 2]) as tf.Tensor4D
      const filter = tf.ones([3, 3, 2, 4]) as tf.Tensor4D
      return tf.grad((f) =>
        tf
          .conv2d(x, f as tf.Tensor4D, 1, 'same')
          .square()
          .mean(),
      )(filter)
    })
    return loss.data().finally(() => loss.dispose())
  }

  test('a thousand steps leak neither tensors nor graphs', async () => {
    for (let i = 0; i < 50; i++) await step(8)
    collectGarbage()
    const { numTensors, numBytes } = tf.memory()
    const { cached } = countOnnxSessions()
    const { rss } = process.memoryUsage()
    for (let i = 0; i < 1000; i++) {
      await step(8)
      // When it is collected otherwise depends on the suites before in this process.
      if (i % 100 === 99) collectGarbage()
    }
    expect(tf.memory()).toMatchObject({ numTensors, numBytes })
    expect(countOnnxSessions().cached).toBe(cached)
    expect((process.memoryUsage().rss - rss) / 2 ** 20).toBeLessThan(100)
  })

  test('two hundred shapes cache no more graphs than the limit', async () => {
    configureOnnx({ maxSessions: 10 })
    try {
      for (let size = 4; size < 204; size++) await tf.ones([size]).mul(3).data()
      expect(countOnnxSessions().cached).toBeLessThanOrEqual(10)
      expect([...(await tf.ones([5]).mul(3).data())]).toEqual([3, 3, 3, 3, 3])
    } finally {
      configureOnnx({ maxSessions: 64 })
    }
  })

  test('operations whose results are disposed before they are read are not computed', async () => {
    const before = countOnnxSessions().compiled
    tf.tidy(() => {
      tf.ones([13, 17]).mul(5).exp()
    })
    await Promise.resolve()
    expect(countOnnxSessions().compiled).toBe(before)
  })

  test('uploads take the memory of disposed ones, which tf.memory() reports', async () => {
    const upload = async (): Promise<number> => {
      const x = tf.tensor1d(new Float32Array(12_345).fill(7))
      expect((await x.add(1).sum().data())[0]).toBe(8 * 12_345)
      x.dispose()
      await Promise.resolve()
      return (tf.memory() as tf.MemoryInfo & { numBytesFree: number }).numBytesFree
    }
    await upload()
    const sizes = [await upload(), await upload(), await upload()]
    expect(new Set(sizes).size).toBe(1)
    expect(sizes[0]).toBeGreaterThan(0)
    // Zeros are zeros in memory that was used before, too.
    tf.tensor1d(new Float32Array(12_345).fill(7)).dispose()
    await Promise.resolve()
    expect((await tf.zeros([12_345]).max().data())[0]).toBe(0)
  })

  test.each([
    [
      'a kernel of backend cpu',
      () => tf.gatherND(tf.ones([3]), tf.tensor2d([[7]], [1, 1], 'int32')),
      /Invalid indices/,
    ],
    [
      'an unknown activation',
      () => tf.fused.matMul({ a: tf.ones([1, 2]), b: tf.ones([2, 1]), activation: 'swish' as 'relu' }),
      /Activation swish/,
    ],
  ])('%s that fails leaves no data', (_, compute, message) => {
    const countData = (): number[] => ['cpu', 'onnx'].map((name) => tf.engine().findBackend(name).numDataIds())
    const before = countData()
    expect(() => tf.tidy(compute)).toThrow(message)
    expect(countData()).toEqual(before)
  })

  test('tf.memory() counts tensors and bytes', () => {
    const { numTensors, numBytes } = tf.memory()
    const x = tf.ones([10, 10])
    expect(tf.memory()).toMatchObject({ numTensors: numTensors + 1, numBytes: numBytes + 400, unreliable: false })
    x.dispose()
    expect(tf.memory()).toMatchObject({ numTensors, numBytes })
  })
})

describe('constant inputs', () => {
  test('weights that stay the same become constants of the graph until they change', async () => {
    const filter = tf.variable(tf.ones([3, 3, 2, 4]) as tf.Tensor4D)
    const predict = async (value: number): Promise<number> => {
      const y = tf.tidy(() => tf.conv2d(tf.fill([1, 5, 5, 2], value) as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'))
      const [first] = await y.data()
      y.dispose()
      return first as number
    }
    const compiled = countOnnxSessions().compiled
    for (let i = 0; i < 8; i++) {
      const x = tf.scalar(i)
      expect(await predict(2)).toBe(36)
      x.dispose()
    }
    // The plain graph, and the one with constants.
    expect(countOnnxSessions().compiled - compiled).toBe(2)
    filter.assign(tf.fill([3, 3, 2, 4], 2) as tf.Tensor4D)
    expect(await predict(2)).toBe(72)
    filter.dispose()
  })
})

test('weights that exceed maxModelBytes do not become constants', async () => {
  const createOnes = (...shape: [number, number, number, number]): tf.Tensor4D =>
    tf.tensor4d(new Float32Array(tf.util.sizeFromShape(shape)).fill(1), shape)
  // The filter has 3 * 3 * 7 * 5 numbers: 1260 bytes.
  const [x, filter] = [createOnes(1, 4, 4, 7), createOnes(3, 3, 7, 5)]
  configureOnnx({ maxModelBytes: 1000 })
  try {
    const before = countOnnxSessions().compiled
    for (let i = 0; i < 8; i++) {
      const y = tf.tidy(() => tf.conv2d(x, filter, 1, 'valid'))
      expect((await y.data())[0]).toBe(63)
      y.dispose()
    }
    expect(countOnnxSessions().compiled - before).toBe(1)
  } finally {
    configureOnnx({ maxModelBytes: 2 ** 30 })
    tf.dispose([x, filter])
  }
})

describe('weights that change now and then', () => {
  /** Counts the graphs that are compiled while the weights change after each `runs` predictions. */
  const countCompilations = async (changes: number, runs: number): Promise<number> => {
    const x = tf.ones([1, 6, 6, runs]) as tf.Tensor4D
    const createFilter = (value: number): tf.Tensor4D =>
      tf.tensor4d(new Float32Array(36 * runs).fill(value), [3, 3, runs, 4])
    const filter = tf.variable(createFilter(0))
    const before = countOnnxSessions().compiled
    for (let change = 1; change <= changes; change++) {
      filter.assign(createFilter(change))
      for (let i = 0; i < runs; i++) {
        const y = tf.tidy(() => tf.conv2d(x, filter, 1, 'valid'))
        expect((await y.data())[0]).toBe(9 * runs * change)
        y.dispose()
      }
    }
    tf.dispose([x, filter])
    return countOnnxSessions().compiled - before
  }

  test('they become constants only once if each lasts for few runs, as in gradient accumulation', async () => {
    // The graph that also makes x, the plain one, and the one with constants.
    expect(await countCompilations(10, 8)).toBeLessThanOrEqual(3)
  })

  test('they become constants each time if each lasts for many runs', async () => {
    expect(await countCompilations(3, 50)).toBeGreaterThanOrEqual(4)
  })
})

test('steps without an await between them run one graph repeatedly', async () => {
  const weight = tf.variable(tf.tensor1d([3, -2]))
  const optimizer = tf.train.sgd(0.1)
  const compiled = countOnnxSessions().compiled
  for (let i = 0; i < 50; i++) optimizer.minimize(() => weight.square().sum())
  // The gradient of w² is 2 w.
  for (const [i, value] of (await weight.data()).entries())
    expect(value).toBeCloseTo(([3, -2][i] as number) * 0.8 ** 50, 6)
  expect(countOnnxSessions().compiled - compiled).toBeLessThanOrEqual(2)
  optimizer.dispose()
  weight.dispose()
})

test.each([
  { name: 'the number of threads', change: () => setThreads(1), undo: () => setThreads(2) },
  { name: 'the arena', change: () => configureOnnx({ arena: false }), undo: () => configureOnnx({ arena: true }) },
])('$name does not change results, and graphs are compiled anew', async ({ change, undo }) => {
  const x = tf.randomUniform([4, 16, 16, 8], -1, 1, 'float32', 1) as tf.Tensor4D
  const filter = tf.randomUniform([3, 3, 8, 16], -1, 1, 'float32', 2) as tf.Tensor4D
  const compute = async (): Promise<Float32Array> => (await tf.conv2d(x, filter, 1, 'same').data()) as Float32Array
  undo()
  const before = await compute()
  const { compiled } = countOnnxSessions()
  change()
  const after = await compute()
  expect(countOnnxSessions().compiled).toBe(compiled + 1)
  undo()
  for (const [i, value] of before.entries()) expect(Math.abs(value - (after[i] as number))).toBeLessThan(1e-4)
})

test('a tensor of another backend moves here', async () => {
  await tf.setBackend('cpu')
  const x = tf.tensor1d([1, 2, 3])
  await tf.setBackend('onnx')
  expect([...x.mul(2).dataSync()]).toEqual([2, 4, 6])
})

test('complex numbers and strings of another backend move here', async () => {
  await tf.setBackend('cpu')
  const z = tf.complex(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]))
  const words = tf.tensor1d(['é', 'b'])
  await tf.setBackend('onnx')
  expect([...tf.real(z).dataSync(), ...tf.imag(z).dataSync()]).toEqual([1, 2, 3, 4])
  expect(tf.concat([words, words]).dataSync()).toEqual(['é', 'b', 'é', 'b'])
})
