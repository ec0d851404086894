import { setImmediate } from 'node:timers/promises'
import { expect, jest, test } from '@jest/globals'
import type { TrainingListener } from '../callbacks/training-callback.ts'
import type { EpochReport, StepReport } from '../loop/reports.ts'
import type { ThreadResult } from './messages.ts'
import { superviseTraining, type TrainingPort, withListeners } from './supervise-training.ts'

const result = { steps: 2 } as ThreadResult
const step = { kind: 'step', report: { step: 2 } as StepReport } as const
const epoch = { kind: 'epoch', report: { epoch: 1 } as EpochReport } as const

const createPort = (): TrainingPort => ({ post: jest.fn(), releaseStep: jest.fn(), terminate: jest.fn() })

/** A listener whose hooks need `this`. */
class Recorder implements TrainingListener {
  readonly calls: string[] = []

  onTrainBegin(): void {
    this.calls.push('onTrainBegin')
  }

  onResume(): void {
    this.calls.push('onResume')
  }

  onStepEnd(): void {
    this.calls.push('onStepEnd')
  }

  onEpochEnd(): void {
    this.calls.push('onEpochEnd')
  }

  dispose(): void {
    this.calls.push('dispose')
  }

  onTrainEnd(): void {
    this.calls.push('onTrainEnd')
  }
}

test('the hooks of a listener are called as its methods', async () => {
  const recorder = new Recorder()
  await withListeners({ callbacks: [recorder] }, async (listeners) => {
    const { onMessage } = superviseTraining(createPort(), listeners, undefined)
    for (const message of [{ kind: 'resume', history: [] } as const, step, epoch]) await onMessage(message)
    return result
  })
  expect(recorder.calls).toEqual(['onTrainBegin', 'onResume', 'onStepEnd', 'onEpochEnd', 'dispose', 'onTrainEnd'])
})

test.each(['onTrainBegin', 'dispose', 'onTrainEnd'])('each listener is disposed of once if %s throws', async (hook) => {
  const recorder = new Recorder()
  const thrower = {
    [hook]() {
      throw new Error(`of ${hook}`)
    },
  }
  await expect(withListeners({ callbacks: [thrower, recorder] }, async () => result)).rejects.toThrow(`of ${hook}`)
  expect(recorder.calls.filter((call) => call === 'dispose')).toHaveLength(1)
})

test('a listener gets one report at a time, and the outcome waits for it', async () => {
  const calls: string[] = []
  const listener: TrainingListener = {
    async onStepEnd() {
      await setImmediate()
      calls.push('step')
    },
    onEpochEnd: () => void calls.push('epoch'),
  }
  const { onMessage, settle } = superviseTraining(createPort(), [listener], undefined)
  for (const message of [step, epoch, { kind: 'done', result } as const]) void onMessage(message)
  expect(await settle()).toEqual({ result })
  expect(calls).toEqual(['step', 'epoch'])
})

test('what a listener throws after the training is done is the outcome', async () => {
  const error = new Error('of onStepEnd')
  const listener: TrainingListener = {
    async onStepEnd() {
      await setImmediate()
      throw error
    },
  }
  const { onMessage, fail, settle } = superviseTraining(createPort(), [listener], undefined)
  for (const message of [step, { kind: 'done', result } as const]) onMessage(message).catch(fail)
  expect(await settle()).toEqual({ error })
})
