import { expect, test } from '@jest/globals'
import { joinSome } from './join-some.ts'

test('names beyond the limit are counted', () => {
  expect(joinSome(['a', 'b', 'c'], 3)).toBe('a, b, c')
  expect(joinSome(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
})
