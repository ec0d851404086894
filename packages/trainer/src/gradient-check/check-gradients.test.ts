import { useBackend } from '@facekp/backend'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { checkBackendGradients, checkProbe } from './check-gradients.ts'
import { PROBES } from './probes.ts'

test('refuses backend wasm of TensorFlow.js, which lacks the gradient of convolutions, until the training kernels are added', async () => {
  await tf.setBackend('wasm')
  await expect(checkBackendGradients()).rejects.toMatchObject({
    code: 'TRAIN_BACKEND',
    problem: 'backend wasm cannot train: it cannot compute the gradient of conv2d',
    received: expect.stringContaining('Conv2DBackpropFilter'),
    expected: expect.stringContaining("registerTrainingKernels() after tf.setBackend('wasm')"),
  })
  await useBackend('wasm')
  const before = tf.memory().numTensors
  await checkBackendGradients()
  expect(tf.memory().numTensors).toBe(before)
})

test.each(['cpu', 'onnx'] as const)('accepts backend %s and leaves no tensor', async (backend) => {
  await useBackend(backend)
  const before = tf.memory().numTensors
  await checkBackendGradients()
  expect(tf.memory().numTensors).toBe(before)
})

/** A gradient of each probe, and what breaks it. */
const GRADIENTS: Readonly<Record<string, string>> = {
  conv2d: 'Conv2D',
  depthwiseConv2d: 'DepthwiseConv2dNative',
  matMul: 'BatchMatMul',
  batchNorm: 'FusedBatchNorm',
  maxPool: 'MaxPool',
  avgPool: 'AvgPool',
  relu: 'Relu',
  prelu: 'Prelu',
  softmax: 'Softmax',
  'log, exp, sqrt and abs': 'Sqrt',
  'mean of squares': 'Mean',
  'mul and sum': 'Multiply',
  'concat, slice and transpose': 'Slice',
  mirrorPad: 'MirrorPad',
  resizeNearestNeighbor: 'ResizeNearestNeighbor',
  resizeBilinear: 'ResizeBilinear',
  addN: 'AddN',
}

describe('a broken gradient', () => {
  let restore: (() => void) | undefined
  beforeAll(() => useBackend('cpu'))
  afterEach(() => restore?.())

  /** Makes the gradient of a kernel larger by a tenth. */
  function breakGradient(kernelName: string): void {
    const original = tf.getGradient(kernelName)
    const gradFunc: typeof original.gradFunc = (...parameters) =>
      Object.fromEntries(
        Object.entries(original.gradFunc(...parameters)).map(([name, compute]) => [name, () => compute().mul(1.1)]),
      )
    tf.unregisterGradient(kernelName)
    tf.registerGradient({ ...original, gradFunc })
    restore = () => {
      tf.unregisterGradient(kernelName)
      tf.registerGradient(original)
    }
  }

  test.each(PROBES)('of $name is found', async (probe) => {
    await checkProbe(probe)
    breakGradient(GRADIENTS[probe.name] as string)
    await expect(checkProbe(probe)).rejects.toMatchObject({
      code: 'TRAIN_BACKEND',
      problem: `backend cpu cannot train: it computes an incorrect gradient of ${probe.name}`,
    })
  })

  test('of a kernel is found, also if the kernel returns nothing but zeros', async () => {
    const kernel = tf.getKernel('AddN', 'cpu')
    tf.unregisterKernel('AddN', 'cpu')
    tf.registerKernel({
      ...kernel,
      kernelFunc: ({ inputs }) => tf.zeros((inputs as unknown as tf.Tensor[])[0]?.shape ?? []),
    })
    restore = () => {
      tf.unregisterKernel('AddN', 'cpu')
      tf.registerKernel(kernel)
    }
    const probe = PROBES.find(({ name }) => name === 'addN') as (typeof PROBES)[0]
    await expect(checkProbe(probe)).rejects.toMatchObject({
      problem: 'backend cpu cannot train: it computes addN incorrectly',
    })
  })
})
