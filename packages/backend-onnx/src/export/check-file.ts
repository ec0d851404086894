import { FacekpError, randomStream } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import { runtime } from '../runtime/onnxruntime.ts'
import type { OnnxFunction } from './record-function.ts'

/**
 * Runs an ONNX file on random numbers from 0 to 1, and compares it with its source on the active backend.
 *
 * @throws FacekpError `ONNX_EXPORT` if a number differs by more than `maxDifference`
 */
export async function checkFile(
  file: Uint8Array,
  source: OnnxFunction,
  { inputShape, maxDifference }: { readonly inputShape: readonly number[]; readonly maxDifference: number },
): Promise<void> {
  const shape = [2, ...inputShape]
  const random = randomStream({ seed: 0, purpose: 'onnx-check' })
  const numbers = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.uniform(0, 1))
  const outputs = tf.tidy(() => source.compute(tf.tensor(numbers, shape)))
  const shapes = outputs.map((output) => output.shape)
  const expected = await Promise.all(outputs.map((output) => output.data()))
  tf.dispose(outputs)
  const { Tensor, createSession } = runtime()
  const results = shapes.map((dims) => new Tensor('float32', new Float32Array(tf.util.sizeFromShape(dims)), dims))
  const session = createSession(file, { threads: 1, provider: 'cpu' })
  try {
    const fetches = Object.fromEntries(source.outputNames.map((name, i) => [name, results[i] as (typeof results)[0]]))
    await session.run({ [source.inputName]: new Tensor('float32', numbers, shape) }, fetches)
  } finally {
    session.dispose()
  }
  for (const [i, name] of source.outputNames.entries()) {
    const difference = findLargestDifference(results[i]?.data as Float32Array, expected[i] as Float32Array)
    if (difference <= maxDifference) continue
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: `the ONNX file computes another output ${name} than the model`,
      expected: `a difference of at most ${maxDifference}`,
      received: String(difference),
    })
  }
}

/** Returns the largest absolute difference; infinite if only one of two numbers is not finite. */
function findLargestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0
  for (const [i, value] of a.entries()) {
    const difference = Math.abs(value - (b[i] as number))
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  }
  return largest
}
