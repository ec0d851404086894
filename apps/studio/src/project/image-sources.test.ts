import { expect, test } from '@jest/globals'
import { findCommonFolder, listSources } from './image-sources.ts'

test.each([
  [['a/1.png', 'a/b/2.png'], 'a/'],
  [['a/1.png', 'b/2.png'], ''],
  [['1.png', 'a/2.png'], ''],
  [[], ''],
])('the folder that %j have in common is "%s"', (paths, folder) => {
  expect(findCommonFolder(paths)).toBe(folder)
})

test('images of one folder have paths inside it; other files are left out', async () => {
  const files = ['faces/b.jpg', 'faces/c/d.png', 'faces/notes.txt'].map((path) => ({
    path,
    file: new File(['x'], path),
  }))
  const sources = listSources(files)
  expect([...sources.keys()]).toEqual(['b.jpg', 'c/d.png'])
  expect(await sources.get('b.jpg')?.()).toBe(files[0]?.file)
})
