import { expect, test } from '@jest/globals'
import { epochLimit } from './epoch-limit.ts'
import type { TrainingContext } from './training-callback.ts'

function runEpochs(limit: number, from: number, epochs: number): number[] {
  const { onEpochBegin } = epochLimit(limit)
  const trained: number[] = []
  let isStopped = false
  const context = {
    epochs,
    stop(reason: string) {
      expect(reason).toBe('epochLimit')
      isStopped = true
    },
  } as unknown as TrainingContext
  for (let epoch = from; epoch <= epochs && !isStopped; epoch++) {
    onEpochBegin?.(epoch, context)
    if (isStopped) break
    trained.push(epoch)
  }
  return trained
}

test('stops after the epoch, also if a training is resumed there', () => {
  expect(runEpochs(2, 1, 5)).toEqual([1, 2])
  expect(runEpochs(3, 3, 5)).toEqual([3])
  expect(runEpochs(2, 3, 5)).toEqual([])
  expect(runEpochs(9, 1, 5)).toEqual([1, 2, 3, 4, 5])
})

test('refuses what is no epoch', () => {
  for (const epoch of [0, 1.5, Number.NaN]) {
    expect(() => epochLimit(epoch)).toThrow(expect.objectContaining({ code: 'TRAIN_OPTION' }))
  }
})
