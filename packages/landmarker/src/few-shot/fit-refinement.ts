import { type Dataset, flipIndices } from '@facekp/core'
import { DESCRIPTOR_LENGTH, describePoint, type FeatureMap } from '../feature-maps.ts'
import { loadMeshNetwork, type Mesh, type MeshNetwork } from '../mesh-network.ts'
import { mirrorOffsets } from '../mirror-points.ts'
import type { PointRefinement } from '../predictors/refined-regression.ts'
import type { Example } from './examples.ts'
import type { PointsRow } from './fit-points.ts'
import { assignFolds, computeFoldResiduals } from './fold-residuals.ts'
import { type FoldRidgeFit, prepareFoldRidge } from './fold-ridge.ts'
import { pause } from './pause.ts'
import { computePrincipalBasis, expandMap, type PrincipalBasis, projectRow } from './principal-basis.ts'
import { LAMBDAS, type LinearMap } from './ridge.ts'
import { sumSquares } from './rows.ts'

/** What a refinement is fitted to. */
export interface RefinementProblem {
  readonly dataset: Dataset
  readonly examples: readonly Example[]
  /** The rows of the examples; if `mirrored`, those of the mirrored examples follow in the same order. */
  readonly rows: readonly PointsRow[]
  /** For each row: label minus held-out prediction of the regression; NaN if the point is not labeled. */
  readonly heldOut: readonly Float64Array[]
  readonly groups: readonly number[]
  readonly mirrored: boolean
  /** Whether the refinement in the mirrored crop will be averaged, if there are mirrored rows. */
  readonly tta: boolean
  readonly signal?: AbortSignal | undefined
  readonly onExample?: ((done: number) => void) | undefined
}

/** A refinement of all points. */
export interface RefinementFit {
  readonly refinement: PointRefinement
  /** For each example: label minus prediction by fits without the example's fold; NaN if the point is not labeled. */
  readonly heldOut: {
    /** By regressions alone. */
    readonly without: readonly Float64Array[]
    /** By refined regressions. */
    readonly with: readonly Float64Array[]
  }
}

/** Images and descriptors that the basis is computed from. */
const BASIS_IMAGES = 50
const BASIS_ROWS = 800
/** Sizes of the basis for few and for many rows. */
const SMALL_BASIS = 64
const LARGE_BASIS = 128
const MANY_ROWS = 500

/**
 * Fits corrections of all points. Each point's residual is regressed on what early layers of the mesh network see around its held-out
 * prediction: the features in a basis of the directions in which they vary most.
 */
export async function fitRefinement(problem: RefinementProblem): Promise<RefinementFit> {
  const network = await loadMeshNetwork(true)
  try {
    const described = await describeSome(problem, network)
    const basis = computeBasis(problem, [...described.values()].flat(2))
    const coordinates = await describeRows(problem, network, { basis, described })
    return await fitCorrections(problem, { coordinates, basis, ...(await leaveOutFolds(problem)) })
  } finally {
    network.dispose()
  }
}

/** For each point of a row its descriptor; undefined without a label. */
type Descriptors = readonly (Float32Array | undefined)[]

/** Finds the descriptors of all labeled points of a row at their held-out predictions. */
function describeRow({ rows, heldOut }: RefinementProblem, index: number, maps: readonly FeatureMap[]): Descriptors {
  const { targets, visibility } = rows[index] as PointsRow
  const residuals = heldOut[index] as Float64Array
  return Array.from(visibility, (isLabeled, point) => {
    if (isLabeled === 0) return undefined
    const x = (targets[2 * point] as number) - (residuals[2 * point] as number)
    const y = (targets[2 * point + 1] as number) - (residuals[2 * point + 1] as number)
    return describePoint(maps, x, y)
  })
}

/** Runs the network on an example again, and describes its row and that of the mirrored example. */
async function describeExample(
  problem: RefinementProblem,
  network: MeshNetwork,
  position: number,
): Promise<Descriptors[]> {
  const { dataset, examples, mirrored, signal } = problem
  await pause(signal)
  const { index, mesh } = examples[position] as Example
  const { image } = await dataset.get(index, signal)
  const [{ maps = [] }] = (await network.predict(image, [mesh.frame], mirrored)) as [Mesh]
  return maps.map((view, i) => describeRow(problem, position + i * examples.length, view))
}

/** Describes the examples that the basis is computed from, by their positions. */
async function describeSome(problem: RefinementProblem, network: MeshNetwork): Promise<Map<number, Descriptors[]>> {
  const { examples, onExample } = problem
  const step = Math.ceil(examples.length / BASIS_IMAGES)
  const described = new Map<number, Descriptors[]>()
  for (let i = 0; i < examples.length; i += step) {
    described.set(i, await describeExample(problem, network, i))
    onExample?.(described.size)
  }
  return described
}

function computeBasis({ rows }: RefinementProblem, described: Descriptors): PrincipalBasis {
  const count = rows.length < MANY_ROWS ? SMALL_BASIS : LARGE_BASIS
  const descriptors = described.filter((descriptor) => descriptor !== undefined)
  const rowStep = Math.ceil(descriptors.length / BASIS_ROWS)
  const sample = descriptors.filter((_, i) => i % rowStep === 0)
  return computePrincipalBasis(sample, { count, standardize: true })
}

interface BasisRows {
  readonly basis: PrincipalBasis
  /** The examples that are described already, by their positions. */
  readonly described: ReadonlyMap<number, Descriptors[]>
}

/** Computes for each row and point the descriptor in the basis. */
async function describeRows(
  problem: RefinementProblem,
  network: MeshNetwork,
  { basis, described }: BasisRows,
): Promise<Descriptors[]> {
  const { examples, rows, onExample } = problem
  const coordinates: Descriptors[] = rows.map(() => [])
  let done = described.size
  for (const position of examples.keys()) {
    const known = described.get(position)
    const views = known ?? (await describeExample(problem, network, position))
    for (const [view, descriptors] of views.entries()) {
      coordinates[position + view * examples.length] = descriptors.map((row) => row && projectRow(basis, row))
    }
    if (!known) onExample?.(++done)
  }
  return coordinates
}

interface Folds {
  /** The fold of each row. */
  readonly folds: readonly number[]
  /** For each fold that is left out, the residuals of all rows. */
  readonly residuals: ReadonlyMap<number, readonly Float64Array[]>
}

/** Fits the regression again without each fold. */
async function leaveOutFolds({ rows, groups, signal }: RefinementProblem): Promise<Folds> {
  const folds = assignFolds(groups)
  const residuals = new Map<number, readonly Float64Array[]>()
  for (const fold of new Set(folds)) {
    await pause(signal)
    residuals.set(
      fold,
      computeFoldResiduals(rows, groups, (row) => folds[row] === fold),
    )
  }
  return { folds, residuals }
}

interface DescribedRows extends Folds {
  /** For each row and point the descriptor in the basis; undefined without a label. */
  readonly coordinates: readonly Descriptors[]
  readonly basis: PrincipalBasis
}

/** Fits all points with the same strength of the penalty: that of each point would follow the noise of few labels. */
async function fitCorrections(problem: RefinementProblem, described: DescribedRows): Promise<RefinementFit> {
  const { rows, mirrored, signal } = problem
  const { folds, residuals, basis } = described
  const { length } = (rows[0] as PointsRow).targets
  const without = rows.map((_, i) => residuals.get(folds[i] as number)?.[i] as Float64Array)
  const refined = without.map((row) => row.slice())
  const offsets = new Float64Array(length)
  const coefficients = new Float64Array(length * DESCRIPTOR_LENGTH)
  const points: PreparedPoint[] = []
  for (let point = 0; point < length / 2; point++) {
    await pause(signal)
    points.push(preparePoint(problem, described, point))
  }
  const lambda = await chooseLambda(points, signal)
  for (const [point, { labeled, fit }] of points.entries()) {
    const { heldOutResiduals, ...map } = fit(lambda)
    for (const [k, i] of labeled.entries()) refined[i]?.set(heldOutResiduals[k] as Float64Array, 2 * point)
    const expanded = expandMap(basis, map)
    offsets.set(removeMeans(expanded), 2 * point)
    coefficients.set(expanded.coefficients, 2 * point * DESCRIPTOR_LENGTH)
  }
  return {
    refinement: { mirrored, offsets, coefficients },
    heldOut: { without: without.slice(0, problem.examples.length), with: averageViews(problem, refined) },
  }
}

interface PreparedPoint {
  /** The rows on which the point is labeled. */
  readonly labeled: readonly number[]
  /** Fits the point with a strength of the penalty. */
  readonly fit: (lambda: number) => FoldRidgeFit
  /** Sum of the squares of the residuals that are to be explained. */
  readonly squares: number
}

function preparePoint(
  { heldOut }: RefinementProblem,
  { coordinates, folds, residuals }: DescribedRows,
  point: number,
): PreparedPoint {
  const labeled = [...coordinates.keys()].filter((i) => coordinates[i]?.[point] !== undefined)
  const pick = (rows: readonly Float64Array[]): Float32Array[] =>
    labeled.map((i) => Float32Array.from((rows[i] as Float64Array).subarray(2 * point, 2 * point + 2)))
  const targetsByFold = new Map([...residuals].map(([fold, rows]) => [fold, pick(rows)]))
  const labeledFolds = labeled.map((i) => folds[i] as number)
  const fit = prepareFoldRidge({
    features: labeled.map((i) => coordinates[i]?.[point] as Float32Array),
    targets: pick(heldOut),
    folds: labeledFolds,
    getTargets: (fold) => targetsByFold.get(fold) as Float32Array[],
  })
  const squares = labeledFolds.reduce(
    (sum, fold, k) => sum + sumSquares(targetsByFold.get(fold)?.[k] as Float32Array),
    0,
  )
  return { labeled, fit, squares }
}

/** Chooses the strength with the smallest held-out error, relative to the residuals of each point. */
async function chooseLambda(points: readonly PreparedPoint[], signal: AbortSignal | undefined): Promise<number> {
  let best = { lambda: LAMBDAS[0] as number, error: Number.POSITIVE_INFINITY }
  for (const lambda of LAMBDAS) {
    await pause(signal)
    const error = points.reduce((sum, { fit, squares }) => sum + (squares > 0 ? fit(lambda).error / squares : 0), 0)
    if (error < best.error) best = { lambda, error }
  }
  return best.lambda
}

/** Computes the offsets of the same map if no means are subtracted. */
function removeMeans({ means, offsets, coefficients }: LinearMap): Float64Array {
  const width = offsets.length
  return offsets.map((offset, c) =>
    means.reduce((sum, mean, i) => sum - mean * (coefficients[i * width + c] as number), offset),
  )
}

/** Averages the residuals of examples with those of the mirrored examples, as refined points will be. */
function averageViews(
  { dataset, examples, mirrored, tta }: RefinementProblem,
  residuals: readonly Float64Array[],
): Float64Array[] {
  const count = examples.length
  if (!mirrored || !tta) return residuals.slice(0, count)
  const flip = flipIndices(dataset.scheme)
  return residuals.slice(0, count).map((row, i) => {
    const other = mirrorOffsets(residuals[i + count] as Float64Array, flip)
    return row.map((value, k) => (value + (other[k] as number)) / 2)
  })
}
