import type { FacekpError } from '@facekp/core'
import { createJob } from '@facekp/jobs'
import { afterEach, expect, jest, test } from '@jest/globals'
import type { OpenMessages } from './open-messages.ts'

/** Ends the pause between two looks. */
let look: () => void = () => undefined
jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: () =>
    new Promise<void>((resolve) => {
      look = resolve
    }),
}))
const { OpenMessages: Messages } = await import('./open-messages.ts')

let messages: OpenMessages | undefined
afterEach(() => messages?.close())

async function lookTimes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    look()
    await new Promise(setImmediate)
  }
}

test('says each time that the queue has lost its last worker, also during a long job', async () => {
  let workers = 0
  const queue = {
    name: 'faces',
    add: async () => undefined,
    getJob: async () => ({}),
    getWorkersCount: async () => workers,
    remove: async () => 1,
  }
  const warnings: FacekpError[] = []
  messages = new Messages(queue as never, (warning) => warnings.push(warning))
  const controller = new AbortController()
  const run = messages.run(createJob({ module: 'train', args: 1 }), controller.signal)
  const count = (): number => warnings.filter(({ code }) => code === 'JOBS_NO_WORKER').length

  await lookTimes(4)
  expect(count()).toBe(0)
  await lookTimes(11)
  expect(count()).toBe(1)
  workers = 1
  await lookTimes(10)
  expect(count()).toBe(1)
  workers = 0
  await lookTimes(10)
  expect(count()).toBe(2)

  controller.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
})

test('brings a failure that Redis does not let it remove at a later look', async () => {
  const failure = { status: 'failed', error: { problem: 'no' }, isTransient: false }
  let removals = 0
  const queue = {
    name: 'faces',
    add: async () => undefined,
    getJob: async () => ({ finishedOn: 1, returnvalue: failure }),
    getWorkersCount: async () => 1,
    remove: async () => {
      removals++
      if (removals < 3) throw new Error("READONLY You can't write against a read only replica.")
    },
  }
  messages = new Messages(queue as never, () => undefined)
  const job = createJob({ module: 'train', args: 1 })
  const run = messages.run(job, new AbortController().signal)
  await new Promise(setImmediate)
  messages.receive(job.id, failure as never)
  await lookTimes(3)
  expect(await run).toEqual(failure)
  expect(removals).toBe(3)
})
