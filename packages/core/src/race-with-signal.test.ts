import { expect, test } from '@jest/globals'
import { raceWithSignal } from './race-with-signal.ts'

const never = new Promise<never>(() => {})

test('ends with the promise or with the signal, whichever is first', async () => {
  const controller = new AbortController()
  const { signal } = controller
  expect(await raceWithSignal(Promise.resolve(1), undefined)).toBe(1)
  expect(await raceWithSignal(Promise.resolve(1), signal)).toBe(1)
  await expect(raceWithSignal(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed')
  const waiting = raceWithSignal(never, signal)
  controller.abort(new Error('aborted'))
  await expect(waiting).rejects.toThrow('aborted')
  await expect(raceWithSignal(never, signal)).rejects.toThrow('aborted')
})

test('twenty waits for one signal add one listener', async () => {
  const controller = new AbortController()
  const { signal } = controller
  let count = 0
  const add = signal.addEventListener.bind(signal)
  signal.addEventListener = ((...values: Parameters<typeof add>) => {
    count++
    add(...values)
  }) as typeof add
  const waits = Array.from({ length: 20 }, () => raceWithSignal(never, signal))
  controller.abort(new Error('aborted'))
  const results = await Promise.allSettled(waits)
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(count).toBe(1)
})
