import { describe, expect, test } from '@jest/globals'
import { flipIndices, IBUG_68, IMM_58 } from '../index.ts'

const SIDE = /^(left|right) /
const swapSides = (name: string): string => name.replace(SIDE, (side) => (side === 'left ' ? 'right ' : 'left '))

describe.each([
  { scheme: IMM_58, count: 58, middles: [6, 41, 45, 52] },
  { scheme: IBUG_68, count: 68, middles: [8, 27, 28, 29, 30, 33, 51, 57, 62, 66] },
])('$scheme.name', ({ scheme, count, middles }) => {
  const mirror = flipIndices(scheme)

  test(`has ${count} points`, () => expect(scheme.pointNames).toHaveLength(count))

  test('puts each point in one part', () => {
    const inParts = scheme.parts.flatMap((part) => part.indices)
    expect([...inParts].sort((a, b) => a - b)).toEqual(scheme.pointNames.map((_, index) => index))
  })

  test('names a point and its mirror image alike but for the side', () => {
    expect(mirror.map((index) => scheme.pointNames[index])).toEqual(scheme.pointNames.map(swapSides))
  })

  test('has the points of the middle as their own mirror images, and no others', () => {
    expect(mirror.flatMap((other, index) => (other === index ? [index] : []))).toEqual(middles)
  })

  test('mirrors each part onto the part of the other side', () => {
    for (const part of scheme.parts) {
      const other = scheme.parts.find(({ name }) => name === swapSides(part.name))
      expect(new Set(part.indices.map((index) => mirror[index]))).toEqual(new Set(other?.indices))
      expect(other?.closed).toBe(part.closed)
    }
  })

  test('keeps neighbors within a part neighbors when mirrored', () => {
    const edges = scheme.parts.flatMap(({ indices, closed }) =>
      indices.flatMap((index, place): [number, number][] => {
        const next = place + 1 < indices.length ? indices[place + 1] : closed ? indices[0] : undefined
        return next === undefined ? [] : [[index, next]]
      }),
    )
    const key = (a: number, b: number): string => [a, b].sort((x, y) => x - y).join('-')
    const there = new Set(edges.map(([a, b]) => key(a, b)))
    const mirrored = new Set(edges.map(([a, b]) => key(mirror[a] as number, mirror[b] as number)))
    expect(mirrored).toEqual(there)
  })

  test('normalizes by the outer eye corners, right and left', () => {
    expect(scheme.normalizationPair?.map((index) => scheme.pointNames[index])).toEqual([
      'right eye outer corner',
      'left eye outer corner',
    ])
  })
})

test('iBUG-68 lays its parts out as published', () => {
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
