import { expect, test } from '@jest/globals'
import { createIdSet } from './id-set.ts'

test('contains what was added, also after it has grown', () => {
  const set = createIdSet()
  for (let i = 0; i < 5000; i++) expect(set.add(`photos/${i}.jpg`)).toBe(true)
  for (let i = 0; i < 5000; i++) expect([set.has(`photos/${i}.jpg`), set.add(`photos/${i}.jpg`)]).toEqual([true, false])
  expect([set.size, set.has('photos/5000.jpg'), set.has('')]).toEqual([5000, false, false])
})
