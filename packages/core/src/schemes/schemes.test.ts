import { describe, expect, test } from '@jest/globals'
import { flipIndices, IBUG_68, IMM_58 } from '../index.ts'

const SIDE = /^(left|right) /
const swapSides = (name: string): string => name.replace(SIDE, (side) => (side === 'left ' ? 'right ' : 'left '))

describe.each([
  { scheme: IMM_58, count: 58, middles: [6, 41, 45, 52] },
  { scheme: IBUG_68, count: 68, middles: [8, 27, 28, 29, 30, 33, 51, 57, 62, 66] },
])('$scheme.name', ({ scheme, count, middles }) => {
  const flipped = flipIndices(scheme)

  test(`has ${count} points`, () => expect(scheme.pointNames).toHaveLength(count))

  test('puts each point in one part', () => {
    const inParts = scheme.parts.flatMap((part) => part.indices)
    expect([...inParts].sort((a, b) => a - b)).toEqual(scheme.pointNames.map((_, index) => index))
  })

  test('names the points of a flip pair alike except for the side', () => {
    expect(flipped.map((index) => scheme.pointNames[index])).toEqual(scheme.pointNames.map(swapSides))
  })

  test('flips exactly the points on the midline to themselves', () => {
    expect(flipped.flatMap((other, index) => (other === index ? [index] : []))).toEqual(middles)
  })

  test('flips each part onto the part of the other side', () => {
    for (const part of scheme.parts) {
      const other = scheme.parts.find(({ name }) => name === swapSides(part.name))
      expect(new Set(part.indices.map((index) => flipped[index]))).toEqual(new Set(other?.indices))
      expect(other?.closed).toBe(part.closed)
    }
  })

  test('flips edges of parts onto edges of parts', () => {
    const edges = scheme.parts.flatMap(({ indices, closed }) =>
      indices.flatMap((index, position): [number, number][] => {
        const wrapped = closed ? indices[0] : undefined
        const next = indices[position + 1] ?? wrapped
        return next === undefined ? [] : [[index, next]]
      }),
    )
    const key = (a: number, b: number): string => [a, b].sort((x, y) => x - y).join('-')
    const edgeKeys = new Set(edges.map(([a, b]) => key(a, b)))
    const flippedKeys = new Set(edges.map(([a, b]) => key(flipped[a] as number, flipped[b] as number)))
    expect(flippedKeys).toEqual(edgeKeys)
  })

  test('normalizes by the outer eye corners: right, left', () => {
    expect(scheme.normalizationPair?.map((index) => scheme.pointNames[index])).toEqual([
      'right eye outer corner',
      'left eye outer corner',
    ])
  })
})

test('iBUG-68 has the published parts', () => {
  expect(Object.fromEntries(IBUG_68.parts.map(({ name, indices }) => [name, [indices[0], indices.at(-1)]]))).toEqual({
    jaw: [0, 16],
    'right brow': [17, 21],
    'left brow': [22, 26],
    'nose bridge': [27, 30],
    'nose base': [31, 35],
    'right eye': [36, 41],
    'left eye': [42, 47],
    'outer lips': [48, 59],
    'inner lips': [60, 67],
  })
})
