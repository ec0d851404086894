import { expect, test } from '@jest/globals'
import { BufferPool } from './buffer-pool.ts'

test('reuses an array of the same type and length, but not a tiny one', () => {
  const pool = new BufferPool(1000)
  const data = pool.acquire('float32', 100)
  pool.release('float32', data)
  expect(pool.bytes).toBe(400)
  expect(pool.acquire('int32', 100)).not.toBe(data)
  expect(pool.acquire('float32', 100)).toBe(data)
  pool.release('float32', pool.acquire('float32', 2))
  expect(pool.bytes).toBe(0)
})

test('sizes that were used least recently make room', () => {
  const pool = new BufferPool(1000)
  const [a, b, c] = [70, 80, 90].map((length) => pool.acquire('float32', length))
  for (const data of [a, b, a, c]) if (data) pool.release('float32', data)
  expect(pool.bytes).toBeLessThanOrEqual(1000)
  expect(pool.acquire('float32', 90)).toBe(c)
  expect(pool.acquire('float32', 80)).not.toBe(b)
})
