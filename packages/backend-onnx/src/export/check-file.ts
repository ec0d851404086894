import { FacekpError, randomStream } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import { allocate } from '../execution/buffer-pool.ts'
import type { Numbers, NumberType } from '../lowering/value.ts'
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
  const expected = await Promise.all(outputs.map((output) => output.data()))
  tf.dispose(outputs)
  const { Tensor, createSession } = runtime()
  const results = outputs.map(({ dtype, shape: dims }) => {
    const data = allocate(dtype as NumberType, tf.util.sizeFromShape(dims))
    return new Tensor(dtype as 'float32', data as Float32Array, dims)
  })
  const session = createSession(file, { threads: 1, provider: 'cpu' })
  try {
    const fetches = Object.fromEntries(source.outputNames.map((name, i) => [name, results[i] as (typeof results)[0]]))
    await session.run({ [source.inputName]: new Tensor('float32', numbers, shape) }, fetches)
  } finally {
    session.dispose()
  }
  for (const [i, name] of source.outputNames.entries()) {
    const difference = findLargestDifference(results[i]?.data as Numbers, expected[i] as Numbers)
    if (difference <= maxDifference) continue
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: `the ONNX file computes another output ${name} than the model`,
      expected: `a difference of at most ${maxDifference}`,
      received: String(difference),
    })
  }
}

/** Returns the largest absolute difference; infinite if one of two different numbers is not finite. */
function findLargestDifference(a: Numbers, b: Numbers): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    // Equal infinities have no difference that is a number.
    if (Object.is(a[i], b[i])) continue
    const difference = Math.abs((a[i] as number) - (b[i] as number))
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  }
  return largest
}
