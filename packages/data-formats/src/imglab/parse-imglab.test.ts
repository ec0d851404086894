import { expect, test } from '@jest/globals'
import { parseImglab } from './parse-imglab.ts'

const wrap = (body: string): string =>
  `<?xml version='1.0' encoding='ISO-8859-1'?>\n<dataset>\n<images>\n${body}\n</images>\n</dataset>`

test('numbers in any order, words, ignored boxes, images without boxes, boxes without parts', () => {
  const { images, pointNames } = parseImglab(
    wrap(`<image file='a &amp; b.jpg' width='64' height='48'>
      <box top='2' left='-1' width='30' height='40'><label>face</label><part name='10' x='3.5' y='4'/><part name='nose tip' x='1' y='-2'/></box>
      <box top='2' left='1' width='3' height='4' ignore='1'/></image>
      <image file='c.jpg'/>`),
  )
  expect(pointNames).toEqual(['10', 'nose tip'])
  expect(images.map(({ file, faces }) => [file, faces.length])).toEqual([
    ['a & b.jpg', 2],
    ['c.jpg', 0],
  ])
  expect(images[0]).toMatchObject({ width: 64, height: 48, line: 4 })
  expect(images[0]?.faces[0]).toEqual({
    box: { left: -1, top: 2, width: 30, height: 40 },
    line: 5,
    ignored: false,
    points: [
      { name: '10', x: 3.5, y: 4, isVisible: true },
      { name: 'nose tip', x: 1, y: -2, isVisible: true },
    ],
  })
  expect(images[0]?.faces[1]).toMatchObject({ ignored: true, points: [] })
})

test.each([
  ['another root', '<annotations/>', /expected <dataset>/],
  [
    'a box outside an image',
    wrap("<box top='1' left='1' width='1' height='1'/>"),
    /a\.xml:4.*expected <box> within <image>/,
  ],
  [
    'a box of no size',
    wrap("<image file='a'><box top='1' left='1' width='0' height='1'/></image>"),
    /width: expected a number above 0, received 0/,
  ],
  [
    'a part twice',
    wrap(
      "<image file='a'><box top='1' left='1' width='1' height='1'><part name='1' x='1' y='1'/><part name='1' x='1' y='1'/></box></image>",
    ),
    /1 occurs twice/,
  ],
  [
    'no number',
    wrap("<image file='a'><box top='1' left='1' width='1' height='1'><part name='1' x='a' y='1'/></box></image>"),
    /x: expected a number, received "a"/,
  ],
  ['no file', wrap('<image/>'), /file: expected a path/],
  ['cut off', '<dataset><images>', /not well-formed/],
])('%s is an error', (_, xml, message) => {
  expect(() => parseImglab(xml, 'a.xml')).toThrow(message)
})
