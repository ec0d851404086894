import { expect, test } from '@jest/globals'
import { matchImages } from './match-images.ts'

test.each([
  ['equal paths', ['a.jpg', 'x/a.jpg'], ['x/a.jpg', 'a.jpg'], { 'a.jpg': 'a.jpg', 'x/a.jpg': 'x/a.jpg' }],
  ['names', ['/home/me/a.jpg'], ['x/a.jpg', 'b.jpg'], { '/home/me/a.jpg': 'x/a.jpg' }],
  [
    'ends',
    ['C:\\faces\\x\\a.jpg', 'faces/y/a.jpg'],
    ['x/a.jpg', 'y/a.jpg'],
    { 'C:\\faces\\x\\a.jpg': 'x/a.jpg', 'faces/y/a.jpg': 'y/a.jpg' },
  ],
  ['normal forms and dots', ['./Ju\u0308rgen.jpg'], ['J\u00fcrgen.jpg'], { './Ju\u0308rgen.jpg': 'J\u00fcrgen.jpg' }],
  ['no file of another name', ['b.jpg'], ['a.jpg'], {}],
  ['no file that fits several images', ['a.jpg'], ['x/a.jpg', 'y/a.jpg'], {}],
  ['no files that fit one image', ['x/a.jpg', 'y/a.jpg'], ['a.jpg'], {}],
  ['no file if another one fits better', ['a.jpg', 'x/a.jpg'], ['a.jpg'], { 'a.jpg': 'a.jpg' }],
])('matches %s', (_, files, images, expected) => {
  expect(Object.fromEntries(matchImages(files, images))).toEqual(expected)
})

test('matches files that belong to images', () => {
  const getPath = (image: string): string => image.replace('.jpg', '.txt')
  expect([...matchImages(['labels/a.txt'], ['a.jpg'], getPath)]).toEqual([['labels/a.txt', 'a.jpg']])
  expect([...matchImages(['a.txt'], ['a.jpg', 'a.jpg'], getPath)]).toEqual([])
})
