import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { checkpointFolder } from '../checkpoint/checkpoint-folder.ts'
import { train } from '../loop/train.ts'
import type { TrainingCallback } from './training-callback.ts'

beforeAll(() => tf.setBackend('cpu'))
const folder = mkdtempSync(join(tmpdir(), 'facekp-finite-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Returns a callback that puts a number into a moving variance of batch normalization, which no training step reads. */
function spoil(atStep: number, value: number): TrainingCallback {
  return {
    onStepEnd({ step }, { model }) {
      const weight = model.weights.find(({ name }) => name.includes('moving_variance'))
      if (step === atStep) tf.tidy(() => void weight?.write(tf.fill([4], value)))
    },
  }
}

// 22 samples in batches of 4 are 6 steps an epoch.
test.each([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
])(
  '%s in the statistics of batch normalization is an error, and the model keeps the epoch before',
  async (_, value) => {
    const options = resumable()
    const before = tf.memory().numTensors
    const failed = train({ ...options, validation: undefined, callbacks: [spoil(8, value)] })
    await expect(failed).rejects.toMatchObject({
      code: 'WEIGHTS_NOT_FINITE',
      problem: expect.stringMatching(/^weight batch_normalization\S*moving_variance.* after step 12 \(epoch 2\)$/),
    })
    expect(tf.memory().numTensors).toBe(before)
    const good = resumable()
    const stop = new AbortController()
    await train({ ...good, validation: undefined, signal: stop.signal, onEpoch: () => stop.abort() })
    expect(weightsHash(options.model)).toBe(weightsHash(good.model))
  },
)

test('no checkpoint holds it, and a stopped training does not end normally', async () => {
  const store = checkpointFolder(folder, { everySteps: 1 })
  const failed = train({ ...resumable(), checkpoints: store, callbacks: [spoil(8, Number.NaN)] })
  await expect(failed).rejects.toMatchObject({ code: 'WEIGHTS_NOT_FINITE' })
  expect((await store.latest())?.state.step).toBe(8)
  const stop = new AbortController()
  const stopped = train({
    ...resumable(),
    signal: stop.signal,
    callbacks: [spoil(8, Number.NaN)],
    onStep: ({ step }) => step === 9 && stop.abort(),
  })
  await expect(stopped).rejects.toMatchObject({ code: 'WEIGHTS_NOT_FINITE' })
})

test('a validation image with NaN is an error that names the sample', async () => {
  const options = resumable()
  const { validation } = options
  if (!validation) throw new Error('the training has no validation set')
  const get = async (index: number) => {
    const sample = await validation.get(index)
    const data = Float32Array.from(sample.image.data).fill(index === 3 ? Number.NaN : 0.5)
    return { ...sample, image: { ...sample.image, data } }
  }
  const { id } = await validation.get(3)
  const hash = weightsHash(options.model)
  await expect(train({ ...options, validation: { ...validation, get } })).rejects.toMatchObject({
    code: 'VALIDATION_NOT_FINITE',
    problem: expect.stringContaining(`sample ${id}`),
  })
  expect(weightsHash(options.model)).toBe(hash)
})
