import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSampleLoader } from '@facekp/core'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { loadBatches } from '../data/batches.ts'
import { train } from '../loop/train.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import type { PointLoss } from '../losses/point-loss.ts'
import { saveNonFiniteBatch } from './save-non-finite-batch.ts'

beforeAll(() => tf.setBackend('cpu'))
const folder = mkdtempSync(join(tmpdir(), 'facekp-non-finite-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Creates a loss whose gradient is NaN from call `from` on: 0 times the gradient of a root at 0. */
function lossWithoutGradient(from: number): PointLoss {
  let calls = 0
  return (prediction, targets) => {
    const loss = mseLoss(prediction, targets)
    return ++calls < from ? loss : loss.add(prediction.mul(0).sqrt().sum())
  }
}

const nanFrom = (from: number): PointLoss => {
  let calls = 0
  return (prediction, targets) => mseLoss(prediction, targets).mul(++calls < from ? 1 : Number.NaN)
}

/** Reads the tensors of a safetensors file. */
function readTensors(file: string): Record<string, { shape: number[]; data: Float32Array }> {
  const bytes = readFileSync(file)
  const start = 8 + Number(bytes.readBigUInt64LE(0))
  const { __metadata__, ...entries } = JSON.parse(bytes.toString('utf8', 8, start))
  return Object.fromEntries(
    Object.entries(entries as Record<string, { shape: number[]; data_offsets: [number, number] }>).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { shape, data: new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer) }],
    ),
  )
}

describe('terminateOnNaN', () => {
  test.each([
    ['LOSS_NOT_FINITE', 'loss', nanFrom, /the loss of step 5 \(epoch 2\)/],
    ['GRADIENT_NOT_FINITE', 'gradients', lossWithoutGradient, /the gradients of step 5 \(epoch 2\)/],
  ] as const)(
    'ends the training with %s before it is applied, and its batch can be loaded again',
    async (code, what, createLoss, message) => {
      const options = resumable()
      const until = { ...resumable(), validation: undefined, gradientAccumulationSteps: 2, epochs: 9 }
      // 22 samples are 6 batches, 3 steps an epoch: the 9th batch belongs to step 5.
      const run = { ...options, validation: undefined, gradientAccumulationSteps: 2, epochs: 9, loss: createLoss(9) }
      const error = await train({ ...run, onNonFinite: saveNonFiniteBatch(join(folder, what)) }).catch((error) => error)
      const file = join(folder, what, 'non-finite-step-00000005.safetensors')
      expect(error).toMatchObject({ code, file, message: expect.stringMatching(message) })
      expect(error.message.startsWith(file)).toBe(true)

      const before = new AbortController()
      await train({ ...until, signal: before.signal, onStep: ({ step }) => step === 4 && before.abort() })
      expect(weightsHash(run.model)).toBe(weightsHash(until.model))

      expect(readdirSync(join(folder, what)).sort()).toEqual([
        'non-finite-step-00000005.json',
        'non-finite-step-00000005.safetensors',
      ])
      const saved = JSON.parse(readFileSync(file.replace('.safetensors', '.json'), 'utf8'))
      expect(saved).toMatchObject({ epoch: 2, step: 5, seed: 5, what })
      expect(saved.batches.map((batch: unknown[]) => batch.length)).toEqual([4, 4])
      const keys: { index: number; id: string }[] = saved.batches.flat()
      const loader = createSampleLoader(options.train, options.transform)
      const batches = loadBatches(options.train, {
        batchSize: 8,
        order: keys.map(({ index }) => index),
        load: (index) => loader({ index, seed: saved.seed, epoch: saved.samplingEpoch }),
      })
      const { samples, images, targets, targetWeights } = (await batches.next()).value as never as Parameters<
        typeof Object
      >[0]
      expect(samples.map(({ id }: { id: string }) => id)).toEqual(keys.map(({ id }) => id))
      expect(readTensors(file)).toEqual({
        images: { shape: [8, 8, 12, 1], data: images },
        targets: { shape: [8, 2], data: targets },
        targetWeights: { shape: [8, 2], data: targetWeights },
      })
    },
  )

  test('is reported with the reason if its batch cannot be saved', async () => {
    const file = join(folder, 'a file')
    writeFileSync(file, '')
    await expect(
      train({ ...resumable(), loss: nanFrom(1), onNonFinite: saveNonFiniteBatch(file) }),
    ).rejects.toMatchObject({
      code: 'LOSS_NOT_FINITE',
      cause: expect.objectContaining({ code: 'FILE_NOT_WRITTEN' }),
    })
  })

  test('leaves no tensor behind', async () => {
    const options = resumable()
    const before = tf.memory().numTensors
    await expect(train({ ...options, loss: lossWithoutGradient(3) })).rejects.toMatchObject({
      code: 'GRADIENT_NOT_FINITE',
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})
