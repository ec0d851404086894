import { expect, test } from '@jest/globals'
import { shortened } from './svg.ts'

test('a long name keeps its beginning and, more, its end', () => {
  expect(shortened('short.jpg', 9)).toBe('short.jpg')
  expect(shortened('helen/trainset/2138681738_1.jpg', 16)).toBe('helen…1738_1.jpg')
  expect([...shortened('helen/trainset/2138681738_1.jpg', 16)]).toHaveLength(16)
})

test('a character outside the basic plane is not cut in two', () => {
  expect(shortened('🙂'.repeat(10), 4)).toBe('🙂…🙂🙂')
})
