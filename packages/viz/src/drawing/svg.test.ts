import { expect, test } from '@jest/globals'
import { truncateMiddle } from './svg.ts'

test('a long name keeps its beginning and, longer, its end', () => {
  expect(truncateMiddle('short.jpg', 9)).toBe('short.jpg')
  expect(truncateMiddle('helen/trainset/2138681738_1.jpg', 16)).toBe('helen…1738_1.jpg')
  expect([...truncateMiddle('helen/trainset/2138681738_1.jpg', 16)]).toHaveLength(16)
})

test('a character outside the basic plane is not cut in two', () => {
  expect(truncateMiddle('🙂'.repeat(10), 4)).toBe('🙂…🙂🙂')
})
