import type { Visibility } from '@facekp/core'
import { fitRidge, type LinearMap, type RidgeFit } from './ridge.ts'

/** The mesh of a face, and where its labeled points are; both relative to the same frame. */
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

/** Fits all points. Points that are labeled on the same rows are fitted together. */
export function fitPoints(rows: readonly PointsRow[], groups: readonly number[]): PointsFit {
  const { length: targetCount } = (rows[0] as PointsRow).targets
  const { length: featureCount } = (rows[0] as PointsRow).features
  const means = new Float64Array(featureCount)
  for (const { features } of rows) for (const [k, value] of features.entries()) means[k] = (means[k] as number) + value
  const map = {
    means: means.map((sum) => sum / rows.length),
    offsets: new Float64Array(targetCount),
    coefficients: new Float64Array(featureCount * targetCount),
  }
  const heldOut = rows.map(() => new Float64Array(targetCount).fill(Number.NaN))
  for (const points of groupByLabels(rows)) {
    const labeled = [...rows.keys()].filter((i) => rows[i]?.visibility[points[0] as number] !== 0)
    const columns = points.flatMap((point) => [2 * point, 2 * point + 1])
    const fit = fitRidge(
      labeled.map((i) => (rows[i] as PointsRow).features),
      labeled.map((i) => Float32Array.from(columns, (column) => rows[i]?.targets[column] as number)),
      labeled.map((i) => groups[i] as number),
    )
    addColumns(map, fit, columns)
    for (const [k, i] of labeled.entries()) {
      for (const [c, column] of columns.entries()) {
        heldOut[i]?.fill(fit.heldOutResiduals[k]?.[c] as number, column, column + 1)
      }
    }
  }
  return { map, heldOut }
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

/** Writes a fit of some targets into the map of all, whose means are those of all rows. */
function addColumns(map: LinearMap, fit: RidgeFit, columns: readonly number[]): void {
  const width = map.offsets.length
  for (const [c, column] of columns.entries()) {
    let offset = fit.offsets[c] as number
    for (let i = 0; i < map.means.length; i++) {
      const coefficient = fit.coefficients[i * columns.length + c] as number
      map.coefficients[i * width + column] = coefficient
      offset += ((map.means[i] as number) - (fit.means[i] as number)) * coefficient
    }
    map.offsets[column] = offset
  }
}
