import { createRequire } from 'node:module'
import { beforeEach, expect, jest, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import * as onnxruntime from './runtime/onnxruntime.ts'

// The backend on a release of the runtime without the synchronous entry point.
const require = createRequire(import.meta.url)
const asynchronousRuntime = onnxruntime.load((name) => {
  if (name.endsWith('binding.js')) throw new Error('Cannot find module')
  return require(name)
})
jest.unstable_mockModule('./runtime/onnxruntime.ts', () => ({ ...onnxruntime, runtime: () => asynchronousRuntime }))
await import('./register.ts')

beforeEach(async () => {
  await tf.setBackend('onnx')
})

test('data() reads numbers; dataSync() throws with the fix, and the backend stays usable', async () => {
  const x = tf.tensor1d([1, 2, 3])
  const y = x.square()
  expect(() => y.dataSync()).toThrow(
    expect.objectContaining({
      code: 'ONNX_RUNTIME',
      message: expect.stringMatching(
        /cannot be read synchronously.*await tensor\.data\(\).*npm install onnxruntime-node@/s,
      ),
    }),
  )
  expect([...(await y.data())]).toEqual([1, 4, 9])
  expect([...y.dataSync()]).toEqual([1, 4, 9])
  tf.dispose([x, y])
})

test('tensors that are disposed while others need them do not change results', async () => {
  const reads: { readonly expected: number; readonly read: Promise<Float32Array> }[] = []
  for (let i = 0; i < 20; i++) {
    const x = tf.fill([100], i)
    const y = x.mul(2)
    const z = y.add(1)
    reads.push({ expected: 2 * i, read: y.data<'float32'>() })
    // Sometimes the graph that runs ends here.
    if (i % 3 === 0) await new Promise(setImmediate)
    x.dispose()
    const w = z.mul(y)
    reads.push({ expected: (2 * i + 1) * 2 * i, read: w.data<'float32'>() })
    tf.dispose([y, z])
    if (i % 4 === 0) await Promise.resolve()
    w.dispose()
  }
  for (const { expected, read } of reads) {
    expect([...new Set(await read)]).toEqual([expected])
  }
})

test('a failure rejects the reads that depend on it, and leaves the backend usable', async () => {
  // More than an array can hold.
  const huge = tf.fill([2 ** 20, 2 ** 15], 2).mul(tf.fill([2 ** 20, 1], 3))
  const fine = tf.scalar(2).square()
  await expect(huge.data()).rejects.toThrow(/computing Fill failed/)
  expect([...(await fine.data())]).toEqual([4])
  tf.dispose([huge, fine])
  expect([...(await tf.scalar(3).square().data())]).toEqual([9])
})

test('a layers model trains and predicts as on backend cpu', async () => {
  const train = async (backend: string): Promise<number[]> => {
    await tf.setBackend(backend)
    const init = tf.initializers.glorotUniform({ seed: 1 })
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, useBias: false, kernelInitializer: init }),
        tf.layers.batchNormalization({}),
        tf.layers.reLU(),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, kernelInitializer: init }),
      ],
    })
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' })
    const x = tf.randomUniform([12, 8, 8, 1], -1, 1, 'float32', 5)
    const y = tf.randomUniform([12, 2], -1, 1, 'float32', 6)
    const { history } = await model.fit(x, y, { epochs: 4, batchSize: 4, shuffle: false, verbose: 0 })
    const before = tf.memory().numTensors
    const predicted: number[] = []
    for (let i = 0; i < 7; i++) {
      const result = model.predict(x) as tf.Tensor
      predicted.push(...(await result.data()))
      result.dispose()
    }
    expect(tf.memory().numTensors).toBe(before)
    return [...(history['loss'] as number[]), ...predicted]
  }
  const expected = await train('cpu')
  const actual = await train('onnx')
  expect(actual).toHaveLength(expected.length)
  for (const [i, number] of expected.entries()) expect(actual[i]).toBeCloseTo(number, 4)
})
