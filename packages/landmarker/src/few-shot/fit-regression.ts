import { flipIndices, type KeypointScheme } from '@facekp/core'
import { MESH_FLIP } from '../mesh-points.ts'
import { mirrorPoints } from '../mirror-points.ts'
import type { Example } from './examples.ts'
import { fitPoints, type PointsFit, type PointsRow } from './fit-points.ts'
import { sumSquares } from './rows.ts'

/** The regression of all points from the mesh. */
export interface RegressionFit extends PointsFit {
  /** The rows of the examples; if `mirrored`, those of the mirrored examples follow in the same order. */
  readonly rows: readonly PointsRow[]
  readonly mirrored: boolean
}

/** Fits with and without mirrored images and returns the better of both. */
export function fitRegression(
  examples: readonly Example[],
  groups: readonly number[],
  scheme: KeypointScheme,
): RegressionFit {
  const rows = examples.map(({ mesh, targets, sample }) => ({
    features: mesh.relative,
    targets,
    visibility: sample.visibility,
  }))
  const plain = fitPoints(rows, groups)
  const flip = flipIndices(scheme)
  const doubledRows = [...rows, ...rows.map((row) => mirrorRow(row, flip))]
  // Rows of the images come first: the errors of their mirror images do not count.
  const doubled = fitPoints(doubledRows, [...groups, ...groups])
  const count = rows.length
  return sumHeldOut(doubled, count) < sumHeldOut(plain, count)
    ? { ...doubled, rows: doubledRows, mirrored: true }
    : { ...plain, rows, mirrored: false }
}

function mirrorRow({ features, targets, visibility }: PointsRow, flip: readonly number[]): PointsRow {
  return {
    features: mirrorPoints(features, MESH_FLIP),
    targets: mirrorPoints(targets, flip),
    visibility: Uint8Array.from(flip, (i) => visibility[i] as number),
  }
}

/** Sums the squares of the held-out residuals of the first rows. */
function sumHeldOut({ heldOut }: PointsFit, count: number): number {
  return heldOut.slice(0, count).reduce((sum, row) => sum + sumSquares(row), 0)
}
