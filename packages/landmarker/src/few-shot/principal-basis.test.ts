import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { computePrincipalBasis, expandMap, type PrincipalBasis, projectRow } from './principal-basis.ts'
import { applyLinearMap } from './ridge.ts'

/** From principal-basis.golden.py. */
interface Golden {
  readonly rows: readonly number[][]
  readonly row: readonly number[]
  readonly projection: readonly number[]
  readonly standardized: readonly number[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('principal-basis.golden.json', import.meta.url), 'utf8'))
const rows = golden.rows.map((row) => Float32Array.from(row))
const row = Float32Array.from(golden.row)

/** Returns the point of the subspace that the coordinates stand for. */
function reconstruct(basis: PrincipalBasis): number[] {
  const coordinates = projectRow(basis, row)
  return [...basis.means].map((_, i) =>
    basis.directions.reduce((sum, direction, k) => sum + (coordinates[k] as number) * (direction[i] as number), 0),
  )
}

test.each([
  [false, golden.projection],
  [true, golden.standardized],
])('computePrincipalBasis spans the dominant subspace as numpy does; standardized: %p', (standardize, expected) => {
  const basis = computePrincipalBasis(rows, { count: 3, standardize })
  expect(basis.directions).toHaveLength(3)
  expect(reconstruct(basis)).toEqual(expected.map((value) => expect.closeTo(value, 4)))
})

test('expandMap gives the map of the rows', () => {
  const basis = computePrincipalBasis(rows, { count: 2, standardize: true })
  const map = {
    means: Float64Array.of(0.5, -1),
    offsets: Float64Array.of(3, 4, 5),
    coefficients: Float64Array.of(1, 2, 3, -1, 0.5, 2),
  }
  const expected = applyLinearMap(map, projectRow(basis, row))
  expect([...applyLinearMap(expandMap(basis, map), row)]).toEqual(
    [...expected].map((value) => expect.closeTo(value, 4)),
  )
})

test('directions that vary in no row are left out', () => {
  const flat = [1, 2, 4].map((value) => Float32Array.of(value, 7, 2 * value))
  expect(computePrincipalBasis(flat, { count: 3, standardize: true }).directions).toHaveLength(1)
})
