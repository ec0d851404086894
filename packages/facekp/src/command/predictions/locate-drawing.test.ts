import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { locateDrawing } from './locate-drawing.ts'

test.each([
  ['photos/a.png', 'a.png'],
  ['photos/a.jpg', 'a.jpg.png'],
  ['photos/a.bmp', 'a.bmp.png'],
  ['photos/a.PNG', 'a.PNG.png'],
  ['photos/a.jpg.png', 'a.jpg.png.png'],
  ['photos/b/a.jpg', 'b/a.jpg.png'],
  ['a.jpg', '__/a.jpg.png'],
])('the drawing of %s is %s', (image, name) => {
  expect(locateDrawing(image, { folder: 'drawn', root: resolve('photos') })).toBe(join('drawn', name))
})
