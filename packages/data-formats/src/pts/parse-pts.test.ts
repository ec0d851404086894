import { isFacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parsePts } from './parse-pts.ts'

const EXPECTED = [
  { name: '0', x: 0, y: 0, isVisible: true },
  { name: '1', x: 10.5, y: 20, isVisible: true },
]

test.each([
  ['as iBUG writes it', 'version: 1\nn_points:  2\n{\n1 1\n11.5 21\n}\n'],
  ['with CRLF and blanks', '\uFEFFversion: 1\r\nn_points: 2\r\n{\r\n 1  1 \r\n11.5\t21\r\n}\r\n\r\n'],
  ['without a header', '1 1\n11.5 21'],
  ['with exponents and signs', '+1e0 1\n115e-1 21'],
  ['with commas', '1, 1\n11.5, 21'],
])('%s', (_, text) => {
  expect(parsePts(text)).toEqual({ count: 2, points: EXPECTED })
})

test('NaN is not labeled, and keeps its place', () => {
  expect(parsePts('version: 1\nn_points: 3\n{\n1 1\nnan nan\n11.5 21\n}')).toEqual({
    count: 3,
    points: [EXPECTED[0], { ...EXPECTED[1], name: '2' }],
  })
})

test.each([
  ['empty', ' \n', /received an empty file/],
  ['a wrong count', 'n_points: 3\n{\n1 1\n}', /a\.pts:1.*expected 3 points, received 1/],
  ['a strange header', 'points: 1\n{\n1 1\n}', /received "points: 1"/],
  ['no count', 'version: 1\n{\n1 1\n}', /expected "n_points: N"/],
  ['cut off', 'n_points: 2\n{\n1 1\n', /may be cut off/],
  ['something behind', 'n_points: 1\n{\n1 1\n}\n5 5', /nothing after \}/],
  ['one number', '1', /expected a point "x y", received "1"/],
  ['three numbers', '1 2 3', /received "1 2 3"/],
  ['no point', 'n_points: 0\n{\n}', /a\.pts:3.*received no line/],
  ['an invalid count', 'n_points: many\n{\n1 1\n}', /a\.pts:1.*received "many"/],
  ['only a header', 'version: 1\nn_points: 1', /a\.pts:2.*expected \{ after the header/],
  ['half a NaN', '1 1\nNaN 2', /a\.pts:2.*received "NaN 2"/],
  ['no number', 'n_points: 1\n{\n1 b\n}', /a\.pts:3.*received "1 b"/],
])('%s is an error', (_, text, message) => {
  expect(() => parsePts(text, 'a.pts')).toThrow(message)
})

test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
  const valid = 'version: 1\nn_points: 3\n{\n1 1\n11.5 21\nnan nan\n}\n'
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, insertion) => {
      try {
        const { points } = parsePts(valid.slice(0, from) + insertion + valid.slice(from + length))
        expect(points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true)
      } catch (error) {
        expect(isFacekpError(error)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
