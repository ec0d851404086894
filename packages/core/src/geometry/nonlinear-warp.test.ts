import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { DisplacementGrid } from './displacement-grid.ts'
import { inverseWarpPoints, type Warp, warpPoints } from './nonlinear-warp.ts'

// OpenCV's numbers, made by warp.golden.py.
const golden = JSON.parse(readFileSync(new URL('../image/warp.golden.json', import.meta.url), 'utf8'))

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs((actual[i] as number) - (expected[i] as number))).toBeLessThan(tolerance)
  }
}

const grid = (form: DisplacementGrid['form'], dx: (x: number, y: number) => number): DisplacementGrid => {
  const [columns, rows] = [4, 3]
  // A spline's coefficients begin one cell before the image.
  const [across, first] = form === 'linear' ? [columns + 1, 0] : [columns + 3, -1]
  const down = form === 'linear' ? rows + 1 : rows + 3
  const values = Array.from({ length: across * down }, (_, i) =>
    dx(((i % across) + first) * 10, (Math.floor(i / across) + first) * 10),
  )
  return { kind: 'grid', form, width: 40, height: 30, columns, rows, dx: values, dy: values.map((value) => -value / 2) }
}

test('a homography maps points as OpenCV does, and back', () => {
  const { matrix, points, projected } = golden.projected
  const warp: Warp = { kind: 'homography', matrix }
  near(inverseWarpPoints(warp, Float32Array.from(points)), projected, 1e-4)
  near(warpPoints(warp, Float32Array.from(projected)), points, 1e-3)
})

describe.each(['linear', 'smooth'] as const)('a %s grid', (form) => {
  test('of linear displacements interpolates linearly, up to the edges', () => {
    const warp = grid(form, (x, y) => 0.1 * x - 0.05 * y + 1)
    const points = Float32Array.of(-0.5, -0.5, 39.5, 29.5, 17.25, 3, 6, 22.5)
    const expected = Array.from(points, (_, i) => {
      const [x, y] = [points[i - (i % 2)] as number, points[i - (i % 2) + 1] as number]
      const displacement = 0.1 * (x + 0.5) - 0.05 * (y + 0.5) + 1
      return i % 2 === 0 ? x + displacement : y - displacement / 2
    })
    near(inverseWarpPoints(warp, points), expected, 1e-4)
  })

  test('continues the displacement of the edge beyond the image', () => {
    const warp = grid(form, (x) => 0.1 * x)
    const edge = inverseWarpPoints(warp, Float32Array.of(39.5, 10))
    const beyond = inverseWarpPoints(warp, Float32Array.of(60, 10))
    near(beyond, [(edge[0] as number) + 20.5, edge[1] as number], 1e-4)
  })

  test('inverts warpPoints', () => {
    const coordinate = fc.double({ min: -20, max: 60, noNaN: true })
    fc.assert(
      fc.property(coordinate, coordinate, fc.integer(), (x, y, seed) => {
        const warp = grid(form, (u, v) => 2.4 * Math.sin(u * 7 + v * 13 + seed))
        near(inverseWarpPoints(warp, warpPoints(warp, Float32Array.of(x, y))), [x, y], 1e-3)
      }),
    )
  })
})

// d = 0.2 (x + 0.5): the point x becomes 1.2 x + 0.1. Neighbors among the numbers of 32 bits are 1/4096 apart at 3000.
test('a grid on a large photograph inverts its displacements', () => {
  const corners = [0, 1, 2, 3, 4].flatMap(() => [0, 200, 400, 600, 800])
  const size = { width: 4000, height: 4000, columns: 4, rows: 4 }
  const warp: Warp = { kind: 'grid', form: 'linear', ...size, dx: corners, dy: corners.map(() => 0) }
  const points = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 3000 + i / 7 : 1234.5))
  near(
    warpPoints(warp, points),
    Array.from(points, (value, i) => (i % 2 === 0 ? (value - 0.1) / 1.2 : value)),
    2 ** -12,
  )
})

test('warpPoints throws for a singular matrix and for displacements that are too steep', () => {
  const steep = grid('linear', (x) => 6 * (x - 20))
  const singular = expect.objectContaining({ code: 'WARP_SINGULAR' })
  expect(() => warpPoints(steep, Float32Array.of(11, 12))).toThrow(singular)
  expect(() => warpPoints({ kind: 'homography', matrix: [1, 2, 0, 2, 4, 0, 0, 0, 1] }, Float32Array.of(1, 1))).toThrow(
    singular,
  )
})

test('accepts NaN for an unlabeled point', () => {
  const warped = warpPoints(
    grid('smooth', (x) => 0.1 * x),
    Float32Array.of(Number.NaN, 3, 10, 10),
  )
  expect(warped[0]).toBeNaN()
  expect(warped[2]).toBeLessThan(10)
})
