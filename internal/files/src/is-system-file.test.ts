import { expect, test } from '@jest/globals'
import { isSystemFile } from './is-system-file.ts'

test.each([
  '._01-1m.asf',
  '.DS_Store',
  'sub/.DS_Store',
  'Thumbs.db',
  'thumbs.db',
  'desktop.ini',
  '__MACOSX',
  '__MACOSX/faces/a.jpg',
  'faces\\__MACOSX\\a.jpg',
])('%s is a file of the system', (path) => {
  expect(isSystemFile(path)).toBe(true)
})

test.each(['a.jpg', '_a.jpg', '.a.jpg', 'my.DS_Store.jpg', 'MACOSX/a.jpg', 'thumbs/a.db'])('%s is not', (path) => {
  expect(isSystemFile(path)).toBe(false)
})
