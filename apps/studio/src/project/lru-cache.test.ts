import { expect, test } from '@jest/globals'
import { createLruCache } from './lru-cache.ts'

test('keeps those that were used last, and frees the others once', async () => {
  const freed: string[] = []
  const created: string[] = []
  const cache = createLruCache<string>(2, (value) => freed.push(value))
  const get = (key: string): Promise<string> =>
    cache.get(key, async () => {
      created.push(key)
      return key
    })
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key)
  expect(created).toEqual(['a', 'b', 'c', 'b'])
  expect(freed).toEqual(['b', 'c'])
  cache.clear()
  await Promise.resolve()
  expect(freed).toEqual(['b', 'c', 'a', 'b'])
})

test('a failure is not kept', async () => {
  const cache = createLruCache<number>(2, () => undefined)
  await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(cache.get('a', async () => 1)).resolves.toBe(1)
})
