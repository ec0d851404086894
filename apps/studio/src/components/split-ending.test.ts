import { expect, test } from '@jest/globals'
import { splitEnding } from './split-ending.ts'

test.each([
  ['صورة أمامية 1.png', 'صورة أمامية 1', '.png'],
  ['תמונה.2024.jpeg', 'תמונה.2024', '.jpeg'],
  ['faces/نقاط', 'faces/نقاط', ''],
  ['.png', '.png', ''],
])('%s is split before its ending', (name, stem, ending) => {
  expect(splitEnding(name)).toEqual({ stem, ending })
})
