import { isFacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseCsv } from './parse-csv.ts'

const simplify = (text: string, options = {}) =>
  parseCsv(text, options).images.map(({ file, faces }) => [
    file,
    ...faces.map(({ points }) => points.map(({ name, x, y, isVisible }) => [name, x, y, isVisible])),
  ])

test.each<[string, string, { firstPixel?: 1 }?]>([
  ['wide, x0 y0', 'image,x0,y0,x1,y1\na.jpg,1,2,3,4\n'],
  ['wide, numbered columns', ',0,1,2,3\na.jpg,1,2,3,4\n'],
  ['an index before it, by pandas.DataFrame.to_csv', ',image,x0,y0,x1,y1\n0,a.jpg,1,2,3,4\n'],
  ['semicolons', 'image;x0;y0;x1;y1\na.jpg;1;2;3;4\n'],
  ['tabs and CRLF', 'image\tx0\ty0\tx1\ty1\r\na.jpg\t1\t2\t3\t4\r\n'],
  ['long', 'image,point,x,y\na.jpg,0,1,2\na.jpg,1,3,4\n'],
  ['counted from 1', 'image,x0,y0,x1,y1\na.jpg,2,3,4,5\n', { firstPixel: 1 }],
])('%s', (_, text, options = {}) => {
  expect(simplify(text, options)).toEqual([
    [
      'a.jpg',
      [
        ['0', 1, 2, true],
        ['1', 3, 4, true],
      ],
    ],
  ])
})

test('names, visibility, NaN and empty values', () => {
  const text =
    'file_name,left_eye_x,left_eye_y,left_eye_v,nose_x,nose_y,nose_v\n"a, b.jpg",1,2,1,NaN,,2\n"a, b.jpg",,,0,5,6,2\n'
  expect(simplify(text)).toEqual([['a, b.jpg', [['left_eye', 1, 2, false]], [['nose', 5, 6, true]]]])
})

test('long form with faces and visibility', () => {
  const text = 'image,face,point,x,y,visibility\na.jpg,0,nose,1,2,2\na.jpg,1,nose,3,4,1\na.jpg,1,eye,5,6,0\n'
  expect(simplify(text)).toEqual([['a.jpg', [['nose', 1, 2, true]], [['nose', 3, 4, false]]]])
})

test.each([
  ['an empty file', '', /expected a header/],
  ['no image column', 'a,b\n1,2\n', /expected a column named image/],
  [
    'no image column in the long form',
    'photo,point,x,y\na,nose,1,2\n',
    /k\.csv:1: header: expected a column named image/,
  ],
  ['an odd number of coordinates', ',0,1,2,3,4\na,1,2,3,4,5\n', /expected two columns for each point, received 5/],
  [
    'two columns for one coordinate',
    'image,x0,y0,x_0\na,1,2,3\n',
    /column "x_0": the x of point 0 has a column already/,
  ],
  ['a column without an axis', 'image,nose\na,1\n', /column "nose"/],
  ['x without y', 'image,nose_x\na,1\n', /point nose: expected columns for x and y/],
  ['a row that is too short', 'image,x0,y0\na,1\n', /k\.csv:2: .*expected 3 values, received 2/],
  ['a row without an image', 'image,x0,y0\n,1,2\n', /k\.csv:2: expected the name of an image/],
  ['a quote that is not closed', 'image,x0,y0\n"a,1,2\n', /k\.csv:2: invalid quotes/],
  ['no number', 'image,x0,y0\na,1,z\n', /k\.csv:2.*point 0: expected numbers/],
  ['a strange visibility', 'image,a_x,a_y,a_v\na,1,2,7\n', /visibility: expected 0, 1 or 2, received "7"/],
])('%s is an error', (_, text, message) => {
  expect(() => parseCsv(text, { file: 'k.csv' })).toThrow(message)
})

test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
  const valid = 'image,x0,y0,x1,y1\na.jpg,1,2,3,4\n"b, c.jpg",5,6,,\n'
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(20), fc.string({ maxLength: 8 }), (from, length, insertion) => {
      try {
        parseCsv(valid.slice(0, from) + insertion + valid.slice(from + length))
      } catch (error) {
        expect(isFacekpError(error)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

test.each([{ firstPixel: 2 }, { delimiter: '' }, { delimeter: ';' }])('option %j is an error', (options) => {
  expect(() => parseCsv('image,x0,y0\n', options as never)).toThrow(expect.objectContaining({ code: 'READ_OPTIONS' }))
})
