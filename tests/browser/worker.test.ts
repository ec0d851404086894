import { useBackend } from '@facekp/backend'
import { predict, train } from '@facekp/trainer'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { hasChromium, testInChromium } from '../support/chromium.ts'
import { closeBrowser, type OpenProgram, openProgram } from '../support/start-chromium.ts'
import { createSpots, createTinyNetwork, TINY_TRAINING } from './fixtures/train-tiny.ts'

let program: OpenProgram

beforeAll(async () => {
  if (!hasChromium) return
  const module = new URL('fixtures/worker-program.ts', import.meta.url)
  program = await openProgram({ module, worker: new URL('fixtures/worker-training.ts', import.meta.url) })
})

afterAll(closeBrowser)

testInChromium('trainInWorker gives the losses and weights of train in Node, while the page responds', async () => {
  const { lastStep, trainLosses, epochs, errorPx, ticks } = await program.call('trainInPage')
  await useBackend('cpu')
  const model = createTinyNetwork()
  const { history } = await train({ ...TINY_TRAINING, model, train: createSpots() })
  for (const [i, { trainLoss }] of history.entries())
    expect(Math.abs(trainLosses[i] / trainLoss - 1)).toBeLessThan(1e-3)
  expect(Math.abs(errorPx - (await predict(model, createSpots())).errorPx)).toBeLessThan(1e-2)
  expect(lastStep).toMatchObject({ epoch: 10, step: 20, steps: 20 })
  expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(ticks).toBeGreaterThan(0)
})

testInChromium('ends after the step under way when the signal is aborted', async () => {
  const { steps, interrupted } = await program.call('abortTraining')
  expect(interrupted).toBe(true)
  expect(steps).toBeGreaterThanOrEqual(6)
  expect(steps).toBeLessThan(20)
})

testInChromium('throws the errors of the training, of the worker, of a listener and of the signal', async () => {
  expect(await program.call('collectErrors')).toEqual([
    { code: 'CORRUPT', message: 'faces.csv:3: row is cut off', file: 'faces.csv', line: 3 },
    { code: 'TRAIN_THREAD', message: 'off by one' },
    expect.objectContaining({ code: 'TRAIN_THREAD', message: expect.stringContaining('does not load') }),
    expect.objectContaining({ code: 'TRAIN_OPTION', message: expect.stringContaining('worker') }),
    { message: 'of onEpoch' },
    { message: 'enough' },
    { message: 'not now' },
  ])
})
