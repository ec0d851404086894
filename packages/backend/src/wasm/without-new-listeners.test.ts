import { afterEach, expect, test } from '@jest/globals'
import { withoutNewListeners } from './without-new-listeners.ts'

const existing = (): void => undefined
afterEach(() => {
  process.off('uncaughtException', existing)
  process.off('unhandledRejection', existing)
})

test('removes the listeners that the start adds, and no other', async () => {
  process.on('uncaughtException', existing)
  process.on('unhandledRejection', existing)
  const before = [process.listeners('uncaughtException'), process.listeners('unhandledRejection')]
  const start = async (): Promise<string> => {
    process.on('uncaughtException', (error) => {
      throw error
    })
    process.on('unhandledRejection', (reason) => {
      throw reason
    })
    return 'started'
  }
  expect(await withoutNewListeners(start)).toBe('started')
  expect([process.listeners('uncaughtException'), process.listeners('unhandledRejection')]).toEqual(before)
})
