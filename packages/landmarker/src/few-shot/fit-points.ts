import type { Visibility } from '@facekp/core'
import { fitFoldRidge } from './fold-ridge.ts'
import { computePrincipalBasis, expandMap, projectRow } from './principal-basis.ts'
import { fitRidge, LAMBDAS, type LinearMap, type RidgeFit } from './ridge.ts'
import type { Rows } from './rows.ts'

/** More rows are fitted in a basis of the mesh: the exact fit's time grows with the cube of their number. */
const MAX_EXACT_ROWS = 600
/** Rows that the basis is computed from, and its size. */
const BASIS_ROWS = 400
const BASIS_SIZE = 128

/** The mesh of a face and its labeled points, both relative to the same frame. */
export interface PointsRow {
  readonly features: Float32Array
  readonly targets: Float32Array
  readonly visibility: Visibility
}

export interface PointsFit {
  readonly map: LinearMap
  /** For each row: label minus held-out prediction; NaN if the point is not labeled. */
  readonly heldOut: readonly Float64Array[]
}

/**
 * Fits all points. Each point is first tied to the mesh point that it moves with; the regression is only of what remains, so that its
 * penalty pulls to that mesh point and not to a fixed place in the frame. Points that are labeled on the same rows are fitted together.
 */
export function fitPoints(rows: readonly PointsRow[], groups: readonly number[]): PointsFit {
  const { length: targetCount } = (rows[0] as PointsRow).targets
  const map = {
    means: averageFeatures(rows),
    offsets: new Float64Array(targetCount),
    coefficients: new Float64Array((rows[0] as PointsRow).features.length * targetCount),
  }
  const heldOut = rows.map(() => new Float64Array(targetCount).fill(Number.NaN))
  for (const points of groupByLabels(rows)) {
    const indices = [...rows.keys()].filter((i) => rows[i]?.visibility[points[0] as number] !== 0)
    if (indices.length === 0) continue
    const labeled = indices.map((i) => rows[i] as PointsRow)
    const columns = points.flatMap((point) => [2 * point, 2 * point + 1])
    const anchors = points.flatMap((point) => {
      const anchor = chooseAnchor(labeled, point)
      return [2 * anchor, 2 * anchor + 1]
    })
    const fit = fitRows(
      labeled.map(({ features }) => features),
      labeled.map(({ features, targets }) =>
        Float32Array.from(
          columns,
          (column, c) => (targets[column] as number) - (features[anchors[c] as number] as number),
        ),
      ),
      indices.map((i) => groups[i] as number),
    )
    addColumns(map, fit, { columns, anchors })
    for (const [k, i] of indices.entries()) {
      for (const [c, column] of columns.entries()) {
        heldOut[i]?.fill(fit.heldOutResiduals[k]?.[c] as number, column, column + 1)
      }
    }
  }
  return { map, heldOut }
}

function fitRows(features: Rows, targets: Rows, groups: readonly number[]): RidgeFit {
  if (features.length <= MAX_EXACT_ROWS) return fitRidge(features, targets, groups)
  const step = Math.ceil(features.length / BASIS_ROWS)
  const sample = features.filter((_, i) => i % step === 0)
  const basis = computePrincipalBasis(sample, { count: BASIS_SIZE, standardize: false })
  const coordinates = features.map((row) => projectRow(basis, row))
  const fit = fitFoldRidge(coordinates, targets, groups, LAMBDAS)
  return { ...fit, ...expandMap(basis, fit) }
}

function averageFeatures(rows: readonly PointsRow[]): Float64Array {
  const sums = new Float64Array((rows[0] as PointsRow).features.length)
  for (const { features } of rows) for (const [k, value] of features.entries()) sums[k] = (sums[k] as number) + value
  return sums.map((sum) => sum / rows.length)
}

/** Rows that show which mesh point a labeled point moves with. */
const ANCHOR_ROWS = 300

/** Returns the mesh point whose offset from a labeled point varies least. */
function chooseAnchor(labeled: readonly PointsRow[], point: number): number {
  const step = Math.ceil(labeled.length / ANCHOR_ROWS)
  const rows = labeled.filter((_, i) => i % step === 0)
  let anchor = 0
  let leastVariance = Number.POSITIVE_INFINITY
  for (let k = 0; k < (rows[0] as PointsRow).features.length; k += 2) {
    const variance = computeVariance(rows, 2 * point, k) + computeVariance(rows, 2 * point + 1, k + 1)
    if (variance >= leastVariance) continue
    leastVariance = variance
    anchor = k / 2
  }
  return anchor
}

/** Computes the variance of a target minus a feature. */
function computeVariance(rows: readonly PointsRow[], column: number, feature: number): number {
  let sum = 0
  let squares = 0
  for (const { features, targets } of rows) {
    const offset = (targets[column] as number) - (features[feature] as number)
    sum += offset
    squares += offset * offset
  }
  return squares / rows.length - (sum / rows.length) ** 2
}

/** Groups points that are labeled on the same rows. */
function groupByLabels(rows: readonly PointsRow[]): number[][] {
  const patterns = new Map<string, number[]>()
  for (const point of (rows[0] as PointsRow).visibility.keys()) {
    const pattern = rows.map(({ visibility }) => (visibility[point] === 0 ? 0 : 1)).join('')
    patterns.set(pattern, [...(patterns.get(pattern) ?? []), point])
  }
  return [...patterns.values()]
}

/** Writes a fit of some targets, and the features that they are tied to, into the map of all, whose means are those of all rows. */
function addColumns(
  map: LinearMap,
  fit: RidgeFit,
  { columns, anchors }: { readonly columns: readonly number[]; readonly anchors: readonly number[] },
): void {
  const width = map.offsets.length
  for (const [c, column] of columns.entries()) {
    const anchor = anchors[c] as number
    let offset = (fit.offsets[c] as number) + (map.means[anchor] as number)
    for (let i = 0; i < map.means.length; i++) {
      const coefficient = fit.coefficients[i * columns.length + c] as number
      map.coefficients[i * width + column] = coefficient + (i === anchor ? 1 : 0)
      offset += ((map.means[i] as number) - (fit.means[i] as number)) * coefficient
    }
    map.offsets[column] = offset
  }
}
