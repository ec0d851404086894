import { posix, win32 } from 'node:path'
import { expect, test } from '@jest/globals'
import { findCommonFolder, getPathBelow } from './find-common-folder.ts'

test.each([
  ['one folder', ['/a/b'], '/a/b'],
  ['a folder and one below it', ['/a/b/c', '/a/b'], '/a/b'],
  ['names that begin alike', ['/a/b', '/a/bc'], '/a'],
  ['nothing in common', ['/a', '/b'], '/'],
])('finds the folder of %s', (_, folders, expected) => {
  expect(findCommonFolder(folders, posix)).toBe(expected)
})

test.each([
  [['C:\\a\\b', 'C:\\a\\c'], 'C:\\a'],
  [['C:\\a', 'D:\\b'], 'C:\\'],
  [['\\\\server\\photos\\a', 'D:\\b'], '\\\\server\\photos\\'],
])('finds that of %j on Windows', (folders, expected) => {
  expect(findCommonFolder(folders, win32)).toBe(expected)
})

test.each([
  ['/data/photos', '/data/photos/a/1.jpg', 'a/1.jpg'],
  ['/data/photos', '/data/other/1.jpg', '__/other/1.jpg'],
  ['/data/photos', '/1.jpg', '__/__/1.jpg'],
])('the path below %s of %s is %s', (folder, file, expected) => {
  expect(getPathBelow(folder, file, posix)).toBe(expected)
})

test.each([
  ['C:\\photos', 'C:\\photos\\a\\1.jpg', 'a\\1.jpg'],
  ['C:\\photos', 'C:\\other\\1.jpg', '__\\other\\1.jpg'],
  ['C:\\photos', 'D:\\other\\1.jpg', '__\\D\\other\\1.jpg'],
])('the path below %s of %s is %s on Windows', (folder, file, expected) => {
  expect(getPathBelow(folder, file, win32)).toBe(expected)
})
