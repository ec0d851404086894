import { expect, test } from '@jest/globals'

/** A database that opens, and that the browser closes then, as it does if the user clears the data of the site. */
const CLOSED = {
  transaction() {
    throw new Error('the database connection is closing')
  },
}

test('says that a change is not stored if the browser has closed the database', async () => {
  const indexedDB = {
    open() {
      const request = { result: CLOSED, onsuccess: () => undefined }
      queueMicrotask(() => request.onsuccess())
      return request
    },
  }
  Object.assign(globalThis, { indexedDB })
  const { prepareStorage, storageProblem, store } = await import('./storage.ts')
  await prepareStorage()
  expect(() => store((database) => database.writeImages([]))).not.toThrow()
  await new Promise(setImmediate)
  expect(storageProblem.value).toBe(
    'The last change is not stored: the database connection is closing. Export your labels now.',
  )
})
