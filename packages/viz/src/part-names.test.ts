import { expect, test } from '@jest/globals'
import { partNames } from './part-names.ts'

const parts = [
  { name: 'upper', indices: [0, 1], closed: false },
  { name: 'lower', indices: [2, 3], closed: false },
]
const textsOf = (svg: string[]): string[] =>
  svg.map((text) => text.replace(/^<text x="([\d.]+)" y="([\d.]+)".*>(.*)<\/text>$/, '$3 $1 $2'))

test('a name stands below its part, or above where something is below', () => {
  const apart = Float32Array.of(100, 100, 200, 100, 100, 300, 200, 300)
  // Half a pixel to a pixel's center, a disc of 6, 2 of air, 14.4 of letters less the 3 below their line.
  expect(textsOf(partNames(apart, { parts }, [0, 1, 2, 3], 400))).toEqual(['upper 150.5 119.9', 'lower 150.5 319.9'])
  const near = Float32Array.of(140, 100, 160, 100, 140, 115, 160, 115)
  expect(textsOf(partNames(near, { parts }, [0, 1, 2, 3], 400))).toEqual(['upper 150.5 89.5', 'lower 150.5 134.9'])
})

test('a name without a place, or of a part without points, is left out', () => {
  const narrow = Float32Array.of(140, 100, 160, 100, 140, 115, 160, 115)
  expect(partNames(narrow, { parts }, [2, 3], 400)).toHaveLength(1)
  expect(partNames(narrow, { parts }, [0, 1, 2, 3], 20)).toEqual([])
})
