import { fitPoints, type PointsRow } from './fit-points.ts'
import { applyLinearMap } from './ridge.ts'

/** Groups are left out in at most this many folds: each costs a fit. More rows than `MANY_ROWS` differ less without a fold. */
const MAX_FOLDS = 8
const MAX_FOLDS_OF_MANY = 4
const MANY_ROWS = 600

/** Assigns each row to a fold; rows of one group are in the same. */
export function assignFolds(groups: readonly number[]): number[] {
  const count = groups.length > MANY_ROWS ? MAX_FOLDS_OF_MANY : MAX_FOLDS
  return groups.map((group) => group % count)
}

/**
 * Computes what a second regression sees of the rows if a fold is left out of both: label minus prediction of a fit without the fold. A row of
 * another fold is predicted without its group too, or the second regression would learn from residuals that are too small.
 *
 * @returns for each row the residuals of its targets; NaN without a label, or if the other folds have no label of the point
 */
export function computeFoldResiduals(
  rows: readonly PointsRow[],
  groups: readonly number[],
  isLeftOut: (row: number) => boolean,
): Float64Array[] {
  const remaining = [...rows.keys()].filter((i) => !isLeftOut(i))
  const { map, heldOut } = fitPoints(
    remaining.map((i) => rows[i] as PointsRow),
    remaining.map((i) => groups[i] as number),
  )
  const positions = new Map(remaining.map((i, k) => [i, k]))
  const isLabeled = (row: number, point: number): boolean => rows[row]?.visibility[point] !== 0
  const points = [...(rows[0] as PointsRow).visibility.keys()]
  const known = new Set(points.filter((point) => remaining.some((row) => isLabeled(row, point))))
  return rows.map(({ features, targets }, i) => {
    const position = positions.get(i)
    if (position !== undefined) return heldOut[position] as Float64Array
    const predicted = applyLinearMap(map, features)
    return Float64Array.from(targets, (target, k) =>
      known.has(k >> 1) && isLabeled(i, k >> 1) ? target - (predicted[k] as number) : Number.NaN,
    )
  })
}
