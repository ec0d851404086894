import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots } from '../../fixtures/dots.ts'
import { train } from '../loop/train.ts'
import type { CallbackStage, TrainingCallback } from './training-callback.ts'

beforeAll(() => tf.setBackend('cpu'))

const HOOKS = [
  'onTrainBegin',
  'onResume',
  'onEpochBegin',
  'onGradients',
  'onStepEnd',
  'onEpochEnd',
  'onStop',
  'dispose',
  'onTrainEnd',
] as const

/** Creates a callback that records the names of its hooks, each after a turn of the event loop. */
function createRecorder(calls: string[], stage?: CallbackStage): TrainingCallback {
  const hooks = HOOKS.map((name) => [
    name,
    async () => {
      await Promise.resolve()
      calls.push(stage ? `${stage} ${name}` : name)
    },
  ])
  return { ...Object.fromEntries(hooks), stage }
}

const runTraining = (callbacks: readonly TrainingCallback[], signal?: AbortSignal) =>
  train({ model: dotNet(), train: dots(2), epochs: 2, batchSize: 2, learningRate: 0.01, callbacks, signal })

describe('the hooks of a callback', () => {
  test('are awaited in the order of the training', async () => {
    const calls: string[] = []
    await runTraining([createRecorder(calls)])
    const epoch = ['onEpochBegin', 'onGradients', 'onStepEnd', 'onEpochEnd']
    expect(calls).toEqual(['onTrainBegin', ...epoch, ...epoch, 'dispose', 'onTrainEnd'])
  })

  test('are called as methods of the callback', async () => {
    const calls: { readonly name: string; readonly receiver: unknown }[] = []
    const hooks = HOOKS.map((name) => [
      name,
      function (this: unknown) {
        calls.push({ name, receiver: this })
      },
    ])
    const callback: TrainingCallback = Object.fromEntries(hooks)
    await runTraining([callback])
    expect(new Set(calls.map(({ name }) => name))).toEqual(
      new Set(HOOKS.filter((name) => name !== 'onResume' && name !== 'onStop')),
    )
    for (const { receiver } of calls) expect(receiver).toBe(callback)
  })

  test('run in the order of the stages, and of the list within a stage', async () => {
    const calls: string[] = []
    const stages = ['guard', 'listener', 'checkpoint', undefined, 'state', 'weights'] as const
    await runTraining(stages.map((stage) => createRecorder(calls, stage)))
    const getStages = (hook: string) =>
      calls.filter((call) => call.endsWith(hook)).map((call) => (call.includes(' ') ? call.split(' ')[0] : 'default'))
    const order = ['weights', 'state', 'checkpoint', 'listener', 'default', 'guard']
    for (const hook of ['onTrainBegin', 'dispose', 'onTrainEnd']) expect(getStages(hook)).toEqual(order)
    expect(getStages('onEpochEnd')).toEqual([...order, ...order])
  })

  test('receive reports and the training, which a callback can stop', async () => {
    const steps: number[] = []
    const stopper: TrainingCallback = {
      onStepEnd({ step }, training) {
        steps.push(step, training.state.step)
        training.stop('timeLimit')
      },
    }
    const calls: string[] = []
    const { steps: done, stoppedBy, interrupted } = await runTraining([stopper, createRecorder(calls)])
    expect({ steps, done, stoppedBy, interrupted }).toEqual({
      steps: [1, 1],
      done: 1,
      stoppedBy: 'timeLimit',
      interrupted: false,
    })
    expect(calls.slice(-3)).toEqual(['onStop', 'dispose', 'onTrainEnd'])
  })

  test('end with onStop, dispose and onTrainEnd when the signal is aborted', async () => {
    const controller = new AbortController()
    const calls: string[] = []
    const abort: TrainingCallback = { onStepEnd: () => controller.abort() }
    const { interrupted, stoppedBy } = await runTraining([abort, createRecorder(calls)], controller.signal)
    expect({ interrupted, stoppedBy }).toEqual({ interrupted: true, stoppedBy: 'signal' })
    expect(calls.slice(-3)).toEqual(['onStop', 'dispose', 'onTrainEnd'])
  })

  test('dispose of each callback and of all tensors if one of them throws then', async () => {
    const calls: string[] = []
    const thrower: TrainingCallback = {
      stage: 'weights',
      dispose() {
        throw new Error('of dispose')
      },
    }
    const tensors = tf.memory().numTensors
    const model = dotNet()
    const weights = tf.memory().numTensors - tensors
    const options = { model, train: dots(2), epochs: 1, batchSize: 2, learningRate: 0.01 }
    await expect(train({ ...options, callbacks: [thrower, createRecorder(calls)] })).rejects.toThrow('of dispose')
    expect(calls.at(-1)).toBe('dispose')
    expect(tf.memory().numTensors).toBe(tensors + weights)
  })

  test.each(['onTrainBegin', 'onEpochBegin', 'onGradients', 'onStepEnd', 'onEpochEnd'])(
    'end with dispose, without onTrainEnd, if %s throws',
    async (hook) => {
      const calls: string[] = []
      const thrower = {
        [hook]() {
          throw new Error(`of ${hook}`)
        },
      }
      const tensors = tf.memory().numTensors
      const model = dotNet()
      const weights = tf.memory().numTensors - tensors
      const options = { model, train: dots(2), epochs: 2, batchSize: 2, learningRate: 0.01 }
      await expect(train({ ...options, callbacks: [createRecorder(calls), thrower] })).rejects.toThrow(`of ${hook}`)
      expect(calls.filter((call) => call === 'dispose')).toHaveLength(1)
      expect(calls.at(-1)).toBe('dispose')
      expect(tf.memory().numTensors).toBe(tensors + weights)
    },
  )
})
