import { checkArgument, FacekpError, type KeypointScheme, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type BootstrapOptions, bootstrap, type Estimate } from './bootstrap.ts'
import { areaUnderCurve, failureRate } from './error-distribution.ts'
import { checkEvaluationOptions, type EvaluationOptions } from './evaluation-options.ts'
import { checkKeypointPair, type KeypointPair, type MissedFace } from './keypoint-pair.ts'
import { type Normalization, normalizationLength } from './normalization.ts'
import { percentile } from './percentile.ts'
import { absoluteErrors, nanMean, pointErrors } from './point-errors.ts'

const EVALUATE_KEYPOINTS_PAIRS = listKind(KINDS.object)

/** The metrics of a set of faces, each with its confidence interval over the faces. */
export interface Metrics {
  /** Number of faces with at least one labeled point. */
  readonly faceCount: number
  /** Number of these that were missed. They count as failures, with infinite error, in failure rate, AUC and percentiles. */
  readonly missedCount: number
  /**
   * Normalized mean error, 0.05 for 5 %: mean over a face's labeled points, divided by its length; mean over the faces that were not
   * missed. Compare it only together with `missedCount`: a detector that misses difficult faces makes it smaller.
   */
  readonly nme: Estimate
  /** Failure rate: fraction of faces, 0 to 1, with an NME above the threshold; missed faces are above it. */
  readonly failureRate: Estimate
  /** Area under the cumulative error distribution up to the threshold, 0 to 1. */
  readonly auc: Estimate
  /** Mean point error in original pixels: mean over a face's labeled points; mean over the faces that were not missed. */
  readonly errorPx: Estimate
  /** Mean absolute error over all coordinates, in original pixels. */
  readonly maePx: Estimate
}

/** The metrics of all faces, of each point, of each part and of each group. */
export interface Evaluation extends Metrics {
  readonly normalization: Normalization
  readonly threshold: number
  /** NME of each face that has a labeled point, in the order of the faces; infinite for a missed face. */
  readonly errors: readonly number[]
  /** Percentiles of the faces' NME; infinite where faces were missed. */
  readonly percentiles: Readonly<Record<(typeof PERCENTS)[number], number>>
  /** Mean normalized error of each of the scheme's N points; NaN if no face labels the point. */
  readonly byPoint: readonly number[]
  /** Mean normalized error of each of the scheme's parts, by name. */
  readonly byPart: Readonly<Record<string, number>>
  /** Metrics of each group, by the name that `groupBy` returned. */
  readonly groups: Readonly<Record<string, Metrics>>
}

const PERCENTS = [25, 50, 75, 90, 95, 99] as const

/**
 * Evaluates predicted keypoints: NME, failure rate, AUC, pixel errors, by point, part and group, with bootstrap intervals.
 *
 * Faces without a labeled point are ignored. A missed face is a failure, as in 300-W.
 *
 * @param pairs target and predicted keypoints of each face, in pixels of the original images
 * @param scheme the scheme of the keypoints
 * @throws FacekpError `METRIC_EMPTY` if no face has a labeled point; `METRIC_FACE`, `KEYPOINT_COUNT` or `METRIC_NOT_FINITE`, naming the
 *   face, if its points are invalid or not those of the scheme; `METRIC_DUPLICATE` if two faces have the same id; `METRIC_OPTION` for an unknown option; and the errors of
 *   {@link normalizationLength}, {@link failureRate} and {@link bootstrap}
 * @example
 * ```ts
 * const { nme, failureRate } = evaluateKeypoints(pairs, IBUG_68, { normalization: 'interocular' })
 * console.log(`${(100 * nme.value).toFixed(2)} % [${(100 * nme.low).toFixed(2)}, ${(100 * nme.high).toFixed(2)}]`)
 * ```
 *
 * Source: Sagonas et al. 2016, 300 Faces In-The-Wild Challenge: database and results.
 */
export function evaluateKeypoints(
  pairs: readonly (KeypointPair | MissedFace)[],
  scheme: KeypointScheme,
  options: EvaluationOptions = {},
): Evaluation {
  checkArgument(EVALUATE_KEYPOINTS_PAIRS, pairs, 'pairs', 'evaluateKeypoints')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'evaluateKeypoints')
  checkEvaluationOptions(scheme, options)
  checkIds(pairs)
  const { normalization = 'interocular', threshold = 0.08, groupBy, ...bootstrapOptions } = options
  const faces = pairs.map((pair) => measureAnyFace(pair, scheme, normalization)).filter(({ nme }) => !Number.isNaN(nme))
  const errors = faces.map(({ nme }) => nme)
  const byPoint = scheme.pointNames.map((_, point) => nanMean(faces.map((face) => face.pointErrors[point] as number)))
  const groups = groupBy ? groupFaces(faces, groupBy) : []
  return {
    normalization,
    threshold,
    ...computeMetrics(faces, threshold, bootstrapOptions),
    errors,
    percentiles: Object.fromEntries(
      PERCENTS.map((percent) => [percent, percentile(errors, percent)]),
    ) as Evaluation['percentiles'],
    byPoint,
    byPart: Object.fromEntries(
      scheme.parts.map(({ name, indices }) => [name, nanMean(indices.map((point) => byPoint[point] as number))]),
    ),
    groups: Object.fromEntries(
      [...groups].map(([name, members]) => [name, computeMetrics(members, threshold, bootstrapOptions)] as const),
    ),
  }
}

/** Throws `METRIC_DUPLICATE` if two faces have the same id: one that is counted twice shifts the metrics and narrows their intervals. */
function checkIds(pairs: readonly { readonly id: string }[]): void {
  const ids = new Set<string>()
  for (const { id } of pairs) {
    if (ids.has(id)) {
      throw new FacekpError({
        code: 'METRIC_DUPLICATE',
        problem: 'two faces have the same id',
        received: id,
        expected: 'each face once, with an id of its own: checkDataset of @facekp/data-formats finds duplicates',
      })
    }
    ids.add(id)
  }
}

/** The errors of one face. */
interface FaceErrors {
  readonly pair: KeypointPair | MissedFace
  /** Normalized error of each point, NaN for a point without a label and all points of a missed face. */
  readonly pointErrors: readonly number[]
  /** Infinite for a missed face, NaN for one without a label. */
  readonly nme: number
  readonly errorPx: number
  readonly maePx: number
  /** Number of coordinates that `maePx` is the mean of. */
  readonly coordinateCount: number
}

function measureAnyFace(
  face: KeypointPair | MissedFace,
  scheme: KeypointScheme,
  normalization: Normalization,
): FaceErrors {
  return isMissed(face) ? measureMissedFace(face, scheme) : measureFace(face, scheme, normalization)
}

/** Tests whether a face was missed: a face that was found may say `missed: false`. */
function isMissed(face: KeypointPair | MissedFace): face is MissedFace {
  return (face as Partial<MissedFace>).missed === true
}

/** The error of a missed face is infinite: it needs no length to be divided by, such as that of the box that was not detected. */
function measureMissedFace(face: MissedFace, scheme: KeypointScheme): FaceErrors {
  const pair = { ...face, predicted: face.target }
  checkFace(pair, scheme)
  const hasLabel = pointErrors(pair).some((error) => !Number.isNaN(error))
  return {
    pair: face,
    pointErrors: scheme.pointNames.map(() => Number.NaN),
    nme: hasLabel ? Number.POSITIVE_INFINITY : Number.NaN,
    errorPx: Number.NaN,
    maePx: Number.NaN,
    coordinateCount: 0,
  }
}

/** Throws if the points of a face are invalid or not those of the scheme. */
function checkFace(pair: KeypointPair, scheme: KeypointScheme): void {
  checkKeypointPair(pair)
  if (pair.target.length === 2 * scheme.pointNames.length) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: `face ${pair.id}: its number of points differs from scheme ${scheme.name}`,
    received: String(pair.target.length / 2),
    expected: String(scheme.pointNames.length),
  })
}

function measureFace(pair: KeypointPair, scheme: KeypointScheme, normalization: Normalization): FaceErrors {
  checkFace(pair, scheme)
  const errorsPx = pointErrors(pair)
  const errorPx = nanMean(errorsPx)
  const length = Number.isNaN(errorPx) ? Number.NaN : normalizationLength(pair, scheme, normalization)
  const normalizedErrors = errorsPx.map((error) => error / length)
  return {
    pair,
    pointErrors: normalizedErrors,
    nme: nanMean(normalizedErrors),
    errorPx,
    maePx: nanMean(absoluteErrors(pair)),
    coordinateCount: 2 * errorsPx.filter((error) => !Number.isNaN(error)).length,
  }
}

function groupFaces(
  faces: readonly FaceErrors[],
  groupBy: NonNullable<EvaluationOptions['groupBy']>,
): Map<string, FaceErrors[]> {
  const groups = new Map<string, FaceErrors[]>()
  for (const face of faces) {
    const name = groupBy(face.pair)
    if (name === undefined) continue
    const group = groups.get(name)
    if (group) group.push(face)
    else groups.set(name, [face])
  }
  return groups
}

function computeMetrics(faces: readonly FaceErrors[], threshold: number, options: BootstrapOptions): Metrics {
  const estimate = (statistic: (resample: readonly FaceErrors[]) => number): Estimate =>
    bootstrap(faces, statistic, options)
  const listErrors = (resample: readonly FaceErrors[]): number[] => resample.map(({ nme }) => nme)
  return {
    faceCount: faces.length,
    missedCount: faces.filter(({ nme }) => !Number.isFinite(nme)).length,
    nme: estimate((resample) => nanMean(listErrors(resample).filter(Number.isFinite))),
    failureRate: estimate((resample) => failureRate(listErrors(resample), threshold)),
    auc: estimate((resample) => areaUnderCurve(listErrors(resample), threshold)),
    errorPx: estimate((resample) => nanMean(resample.map(({ errorPx }) => errorPx))),
    maePx: estimate(meanCoordinateError),
  }
}

/** Computes the mean absolute error over all coordinates of the faces. */
function meanCoordinateError(faces: readonly FaceErrors[]): number {
  let sum = 0
  let count = 0
  for (const { maePx, coordinateCount } of faces) {
    if (coordinateCount > 0) sum += maePx * coordinateCount
    count += coordinateCount
  }
  return sum / count
}
