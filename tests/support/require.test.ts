import { expect, jest, test } from '@jest/globals'
import { testIf } from './require.ts'

test('a test that lacks what it needs is skipped with a message, which Jest does not silence', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  const skipped = testIf(false, 'redis')
  const calls = [...write.mock.calls]
  write.mockRestore()
  expect(skipped).toBe(test.skip)
  expect(calls).toEqual([['skipped: redis is absent\n']])
})

test('a test that has what it needs runs, without a message', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  const chosen = testIf('/usr/bin/redis-server', 'redis')
  const { length } = write.mock.calls
  write.mockRestore()
  expect([chosen, length]).toEqual([test, 0])
})
