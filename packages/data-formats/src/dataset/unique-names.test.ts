import { expect, test } from '@jest/globals'
import { createUniqueNames } from './unique-names.ts'

test('names that occur again, also in another case, get a number', () => {
  const makeUnique = createUniqueNames()
  const names = ['images/a.png', 'images/A.png', 'b/a.png', 'images/a.png', 'images/a-2.png', 'c']
  expect(names.map(makeUnique)).toEqual([
    'images/a.png',
    'images/A-2.png',
    'b/a.png',
    'images/a-3.png',
    'images/a-2-2.png',
    'c',
  ])
})
