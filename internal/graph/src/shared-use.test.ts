import { expect, jest, test } from '@jest/globals'
import { createSharedUse } from './shared-use.ts'

test('frees once, when no call is under way', async () => {
  const free = jest.fn()
  const use = createSharedUse(free, () => new Error('disposed'))
  const ends: (() => void)[] = []
  const calls = [0, 1].map((i) => use.run(() => new Promise<number>((resolve) => ends.push(() => resolve(i)))))
  use.dispose()
  use.dispose()
  await expect(use.run(async () => 2)).rejects.toThrow('disposed')
  expect(() => use.check()).toThrow('disposed')
  ends[1]?.()
  expect(await calls[1]).toBe(1)
  expect(free).not.toHaveBeenCalled()
  ends[0]?.()
  expect(await calls[0]).toBe(0)
  expect(free).toHaveBeenCalledTimes(1)
})

test('a call that fails is over too, and without calls it frees at once', async () => {
  const free = jest.fn()
  const use = createSharedUse(free, () => new Error('disposed'))
  await expect(use.run(() => Promise.reject(new Error('invalid')))).rejects.toThrow('invalid')
  expect(free).not.toHaveBeenCalled()
  use.dispose()
  expect(free).toHaveBeenCalledTimes(1)
})
