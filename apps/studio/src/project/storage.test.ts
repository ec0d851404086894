import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import type { ImageRecord } from './database.ts'

/** Whether the browser has closed the database, as it does if the user clears the data of the site. */
let isClosed = false
/** What was put into the database, in order. */
let written: string[] = []

const DATABASE = {
  transaction() {
    if (isClosed) throw new Error('the database connection is closing')
    const transaction = {
      objectStore: () => ({ put: ({ file }: ImageRecord) => written.push(file) }),
      oncomplete: () => undefined,
      commit: () => queueMicrotask(() => transaction.oncomplete()),
    }
    return transaction
  },
}

const indexedDB = {
  open() {
    const request = { result: DATABASE, onsuccess: () => undefined }
    queueMicrotask(() => request.onsuccess())
    return request
  },
}
Object.assign(globalThis, { indexedDB })
const { prepareStorage, runWhenStored, storageProblem, store } = await import('./storage.ts')

const WARNING = 'The last changes are not stored: the database connection is closing. Export your labels now.'

function storeImage(file: string): void {
  const image: ImageRecord = { projectId: 'p', file, width: 1, height: 1, status: 'ready', faces: [] }
  store((database) => database.writeImages([image]))
}

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] })
  written = []
  isClosed = false
  await prepareStorage()
})

afterEach(() => {
  jest.useRealTimers()
})

test('says that a change is not stored if the browser has closed the database, and stores it later', async () => {
  isClosed = true
  expect(() => storeImage('a.png')).not.toThrow()
  await jest.advanceTimersByTimeAsync(60_000)
  expect(storageProblem.value).toBe(WARNING)
  isClosed = false
  await jest.advanceTimersByTimeAsync(5000)
  expect(written).toEqual(['a.png'])
  expect(storageProblem.value).toBeUndefined()
  await jest.advanceTimersByTimeAsync(60_000)
  expect(written).toEqual(['a.png'])
})

test('warns while a change is not stored, also if later ones are, and stores them again after it', async () => {
  isClosed = true
  storeImage('a.png')
  isClosed = false
  storeImage('b.png')
  await new Promise(setImmediate)
  expect(written).toEqual(['b.png'])
  storeImage('c.png')
  await new Promise(setImmediate)
  expect(storageProblem.value).toBe(WARNING)
  await jest.advanceTimersByTimeAsync(5000)
  expect(written).toEqual(['b.png', 'c.png', 'a.png', 'b.png', 'c.png'])
  expect(storageProblem.value).toBeUndefined()
})

test('stores a change that failed before a project is read', async () => {
  isClosed = true
  storeImage('a.png')
  await new Promise(setImmediate)
  isClosed = false
  await prepareStorage()
  expect(written).toEqual(['a.png'])
  await new Promise(setImmediate)
  expect(storageProblem.value).toBeUndefined()
})

test('runs an action at once if all is stored, and else once the changes that failed are', async () => {
  const runs: string[] = []
  runWhenStored(() => runs.push('at once'))
  expect(runs).toEqual(['at once'])
  isClosed = true
  storeImage('a.png')
  runWhenStored(() => runs.push(`after ${written}`))
  await jest.advanceTimersByTimeAsync(60_000)
  expect(runs).toEqual(['at once'])
  isClosed = false
  await jest.advanceTimersByTimeAsync(5000)
  expect(runs).toEqual(['at once', 'after a.png'])
  await jest.advanceTimersByTimeAsync(60_000)
  expect(runs).toHaveLength(2)
})
