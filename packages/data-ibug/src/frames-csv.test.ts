import { mapPoint } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { parseFrames } from './frames-csv.ts'

const header = 'file,split,protocol_300w,original_width,original_height,offset_x,offset_y,scale_x,scale_y'

test('maps from an image to its original', () => {
  const frames = parseFrames(`${header}\r\nafw/1.jpg,train,train,100,200,3,8,0.5,0.25\r\n`)
  const map = frames.get('afw/1.jpg')
  // (x + 0.5) / scale - 0.5 + offset: the center of the first pixel, and the middle of the upper edge.
  expect(map && mapPoint(map, 0, 0)).toEqual([3.5, 9.5])
  expect(map && mapPoint(map, 4.5, -0.5)).toEqual([12.5, 7.5])
})

test('accepts columns in another order, and quotes', () => {
  const frames = parseFrames('scale_x,scale_y,offset_y,offset_x,file\n1,1,8,3,"a, b.jpg"')
  expect(frames.get('a, b.jpg')).toEqual([1, 0, 3, 0, 1, 8])
})

const row = 'afw/1.jpg,train,train,100,200,3,8,0.5,0.25'
test.each<[string, string, object]>([
  ['an empty file', '', { code: 'FRAMES_HEADER', line: 1 }],
  ['another table', 'a,b\n1,2', { code: 'FRAMES_HEADER', line: 1, expected: 'file,offset_x,offset_y,scale_x,scale_y' }],
  ['a row that ends early', `${header}\nafw/1.jpg,train,train,100,200,3,8,0.5`, { code: 'FRAMES_ROW', line: 2 }],
  [
    'an invalid number',
    `${header}\n${row}\n${row.replace('1.jpg', '2.jpg').replace('8', 'x')}`,
    { code: 'FRAMES_ROW', line: 3, received: "'x'" },
  ],
  ['a scale of 0', `${header}\n${row.replace('0.5', '0')}`, { code: 'FRAMES_ROW', line: 2, received: "'0'" }],
  [
    'a duplicate image',
    `${header}\n${row}\n\n${row}`,
    { code: 'FRAMES_FILE_DUPLICATE', line: 4, received: 'afw/1.jpg' },
  ],
  ['a quote that is not closed', `${header}\n"${row}`, { code: 'ANNOTATIONS_INVALID', line: 2 }],
])('%s is an error with file and line', (_, text, expected) => {
  expect(() => parseFrames(text, 'frames.csv')).toThrow(expect.objectContaining({ file: 'frames.csv', ...expected }))
})
