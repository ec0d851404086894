import { expect, test } from '@jest/globals'
import { parseImmFileName } from './file-name.ts'

test.each([
  ['01-1m.jpg', { person: 1, view: 1, gender: 'm' }],
  ['some/folder/33-5f.asf', { person: 33, view: 5, gender: 'f' }],
  ['40-6m', { person: 40, view: 6, gender: 'm' }],
])('%s', (file, expected) => {
  expect(parseImmFileName(file)).toEqual(expected)
})

test.each(['1-1m.jpg', '41-1m.jpg', '00-1m.jpg', '01-7m.jpg', '01-0m.jpg', '01-1x.jpg', 'face.jpg', '', 'x01-1m.jpg'])(
  '%j is an error',
  (file) => {
    expect(() => parseImmFileName(file)).toThrow(expect.objectContaining({ code: 'IMM_FILE_NAME', file }))
  },
)
