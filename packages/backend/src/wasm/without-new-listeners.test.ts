import { afterEach, expect, test } from '@jest/globals'
import { useBackend } from '../use-backend.ts'
import { withoutNewListeners } from './without-new-listeners.ts'

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const
const existing = (): void => undefined
const another = (): void => undefined
afterEach(() => {
  for (const event of EVENTS) for (const listener of [existing, another]) process.off(event, listener)
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

test('leaves the listeners that the program adds while the backend starts', async () => {
  await withoutNewListeners(async () => {
    for (const event of EVENTS) process.on(event, another)
  })
  for (const event of EVENTS) expect(process.listeners(event as 'uncaughtException')).toContain(another)
})

test('backend wasm itself leaves none', async () => {
  const before = EVENTS.map((event) => process.listeners(event as 'uncaughtException'))
  await useBackend('wasm')
  expect(EVENTS.map((event) => process.listeners(event as 'uncaughtException'))).toEqual(before)
})
