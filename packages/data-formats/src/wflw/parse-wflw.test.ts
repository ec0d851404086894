import { expect, test } from '@jest/globals'
import { parseWflw } from './parse-wflw.ts'

const coordinates = Array.from({ length: 196 }, (_, index) => index + 0.5)
const line = (path: string, rest = [10, 20, 110, 220, 0, 1, 0, 1, 0, 1]): string =>
  [...coordinates, ...rest, path].join(' ')

test('98 points, the rectangle by its corners, six flags, paths with blanks', () => {
  const { images, pointNames } = parseWflw(`${line('0--Parade/a b.jpg')}\n${line('c.jpg')}\n${line('c.jpg')}\n`)
  expect(pointNames).toHaveLength(98)
  expect(images.map(({ file, faces }) => [file, faces.length])).toEqual([
    ['0--Parade/a b.jpg', 1],
    ['c.jpg', 2],
  ])
  const [face] = images[0]?.faces ?? []
  expect(face?.box).toEqual({ left: 10, top: 20, width: 100, height: 200 })
  expect(face?.points[97]).toEqual({ name: '97', x: 194.5, y: 195.5, isVisible: true })
  expect(face?.attributes).toEqual({ pose: 0, expression: 1, illumination: 0, makeup: 1, occlusion: 0, blur: 1 })
})

test.each(['a  b.jpg', 'a\tb.jpg', 'a\u00a0b .jpg'])('the blanks of the path %j stay as they are', (path) => {
  expect(parseWflw(`${line(path)}  \n`).images.map(({ file }) => file)).toEqual([path])
})

test('a short line and a word for a number are errors with their line', () => {
  expect(() => parseWflw('1 2 3', 'w.txt')).toThrow(/w\.txt:1.*expected 207 fields, received 3/)
  expect(() => parseWflw(`\n${line('a.jpg').replace('0.5 ', 'x ')}`, 'w.txt')).toThrow(
    /w\.txt:2.*field 1: expected a number, received "x"/,
  )
})
