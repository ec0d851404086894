import { expect, test } from '@jest/globals'
import { renderPartNames } from './part-names.ts'

const parts = [
  { name: 'upper', indices: [0, 1], closed: false },
  { name: 'lower', indices: [2, 3], closed: false },
]
const parseTexts = (svg: string[]): string[] =>
  svg.map((text) => text.replace(/^<text x="([\d.]+)" y="([\d.]+)".*>(.*)<\/text>$/, '$3 $1 $2'))

test('a name is below its part, or above if there is no place below', () => {
  const apart = Float32Array.of(100, 100, 200, 100, 100, 300, 200, 300)
  // Half a pixel to a pixel's center, a disc of 6, a margin of 2, 14.4 of text less the 3 below its baseline.
  expect(parseTexts(renderPartNames(apart, parts, [0, 1, 2, 3], 400))).toEqual([
    'upper 150.5 119.9',
    'lower 150.5 319.9',
  ])
  const near = Float32Array.of(140, 100, 160, 100, 140, 115, 160, 115)
  expect(parseTexts(renderPartNames(near, parts, [0, 1, 2, 3], 400))).toEqual(['upper 150.5 89.5', 'lower 150.5 134.9'])
})

test('omits a name without a free place and that of a part without points', () => {
  const narrow = Float32Array.of(140, 100, 160, 100, 140, 115, 160, 115)
  expect(renderPartNames(narrow, parts, [2, 3], 400)).toHaveLength(1)
  expect(renderPartNames(narrow, parts, [0, 1, 2, 3], 20)).toEqual([])
})
