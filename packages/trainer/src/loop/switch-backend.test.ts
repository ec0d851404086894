import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { resumable } from '../../fixtures/resumable.ts'
import { train } from './train.ts'

test('a backend that is switched during a training is an error that names both', async () => {
  await tf.setBackend('cpu')
  tf.registerBackend('other', tf.findBackendFactory('cpu'))
  const steps: number[] = []
  const onStep = async ({ step }: { readonly step: number }): Promise<void> => {
    steps.push(step)
    if (step === 2) await tf.setBackend('other')
  }
  await expect(train({ ...resumable(), onStep })).rejects.toMatchObject({
    code: 'TRAIN_BACKEND',
    received: 'other',
    expected: expect.stringMatching(/^cpu: /),
  })
  expect(steps).toEqual([1, 2])
  await tf.setBackend('cpu')
  tf.removeBackend('other')
})
