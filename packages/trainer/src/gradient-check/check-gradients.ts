import { FacekpError } from '@facekp/core'
import { registerGradients } from '@facekp/gradients'
import { readTensors } from '@facekp/tfjs-utils/read-tensors'
import * as tf from '@tensorflow/tfjs-core'
import { type GradientProbe, PROBES } from './probes.ts'

/** Largest difference of a checksum, relative to the sum of the absolute numbers. */
const TOLERANCE = 2e-3

/** Backends whose gradients are right. */
const checkedBackends = new WeakSet<object>()

/**
 * Checks once per backend that TensorFlow.js computes the gradients of training correctly. Replaces before those that are wrong on every
 * backend.
 *
 * @throws FacekpError `TRAIN_BACKEND` naming the operation whose gradient is wrong or missing
 */
export async function checkBackendGradients(): Promise<void> {
  registerGradients()
  const backend = tf.backend()
  if (checkedBackends.has(backend)) return
  for (const probe of PROBES) await checkProbe(probe)
  checkedBackends.add(backend)
}

/**
 * Checks the gradients of one probe on the current backend.
 *
 * @throws FacekpError `TRAIN_BACKEND`
 */
export async function checkProbe(probe: GradientProbe): Promise<void> {
  let tensors: tf.Tensor[]
  try {
    tensors = runProbe(probe)
  } catch (cause) {
    throw backendError(`cannot compute the gradient of ${probe.name}`, (cause as Error).message.split('\n')[0], cause)
  }
  const results = await readTensors(tensors)
  for (const [i, values] of results.entries()) {
    const expected = probe.checksums[i] as number
    const received = computeChecksum(values)
    const size = 1 + values.reduce((sum, value) => sum + Math.abs(value), 0)
    if (Math.abs(received - expected) <= TOLERANCE * size) continue
    const problem = i === 0 ? `computes ${probe.name} incorrectly` : `computes an incorrect gradient of ${probe.name}`
    throw backendError(problem, `checksum ${received.toFixed(6)} instead of ${expected}`)
  }
}

/** Computes the result and the gradient by each input. */
function runProbe({ inputShapes, outputShape, compute }: GradientProbe): tf.Tensor[] {
  return tf.tidy(() => {
    const inputs = inputShapes.map((shape, i) => fill(shape, i))
    const { value, grads } = tf.valueAndGrads((...xs: tf.Tensor[]) => compute(xs))(inputs, fill(outputShape, 5))
    return [value, ...grads]
  })
}

function fill(shape: readonly number[], phase: number): tf.Tensor {
  const count = shape.reduce((product, side) => product * side, 1)
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase + 0.3)),
    [...shape],
  )
}

function computeChecksum(values: Float32Array): number {
  return values.reduce((sum, value, i) => sum + value * (value + Math.cos(0.9 * i)), 0)
}

function backendError(problem: string, received: string | undefined, cause?: unknown): FacekpError {
  const name = tf.getBackend()
  return new FacekpError({
    code: 'TRAIN_BACKEND',
    problem: `backend ${name} cannot train: it ${problem}`,
    received,
    expected: `the training kernels of @facekp/backend: await useBackend('${name}'), or registerTrainingKernels() after tf.setBackend('${name}'); if they are registered, another backend`,
    ...(cause === undefined ? {} : { cause }),
  })
}
