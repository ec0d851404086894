import { FacekpError, type KeypointScheme } from '@facekp/core'
import { type BootstrapOptions, bootstrap, type Estimate } from './bootstrap.ts'
import { areaUnderCurve, failureRate } from './cumulative.ts'
import { checkFace, type KeypointPair } from './measured-face.ts'
import { type Normalization, normalizer } from './normalization.ts'
import { percentile } from './percentile.ts'
import { absoluteErrors, mean, pointErrors } from './point-errors.ts'

export interface EvaluationOptions extends BootstrapOptions {
  /** What errors are divided by; default `interocular`. */
  readonly normalization?: Normalization | undefined
  /** The NME above which a face has failed, and up to which the area under the curve is taken; default 0.08, as 300-W has it. */
  readonly threshold?: number | undefined
  /** The name of the subset that a face belongs to, such as a part of a protocol; undefined: none. */
  readonly groupBy?: ((face: KeypointPair) => string | undefined) | undefined
}

/** The figures of some faces; each with its interval over the faces. */
export interface Metrics {
  readonly faces: number
  /** Normalized mean error, 0.05 for 5 %: mean over a face's labeled points, over its normalizing length, mean over the faces. */
  readonly nme: Estimate
  /** The part of faces above the threshold. */
  readonly failureRate: Estimate
  /** Area under the cumulative error distribution up to the threshold, 0 to 1. */
  readonly auc: Estimate
  /** Mean distance of points in original pixels: mean over a face's points, mean over the faces. */
  readonly errorPx: Estimate
  /** Mean absolute error over all coordinates, in original pixels. */
  readonly maePx: Estimate
}

export interface Evaluation extends Metrics {
  readonly normalization: Normalization
  readonly threshold: number
  /** Each face's NME, in the order of the faces. */
  readonly errors: readonly number[]
  /** NME at percents of the faces. */
  readonly percentiles: Readonly<Record<25 | 50 | 75 | 90 | 95 | 99, number>>
  /** Normalized error of each of the scheme's points: N numbers, NaN where no face labels it. */
  readonly byPoint: readonly number[]
  /** Normalized error of each of the scheme's parts. */
  readonly byPart: Readonly<Record<string, number>>
  readonly groups: Readonly<Record<string, Metrics>>
}

/**
 * Measures faces by the field's figures. Faces without any labeled point are left out.
 *
 * Throws `METRIC_EMPTY` without faces, `METRIC_FACE`, `KEYPOINT_COUNT` and `METRIC_NOT_FINITE`, naming the face, where it has not the scheme's
 * points or one that has a label is no finite number, `METRIC_OPTION` for an option that there is not, and what {@link normalizer},
 * {@link failureRate} and {@link bootstrap} throw.
 *
 * @example
 * ```ts
 * const { nme, failureRate } = evaluateKeypoints(faces, IBUG_68, { by: 'interocular' })
 * console.log(`${(100 * nme.value).toFixed(2)} % [${(100 * nme.low).toFixed(2)}, ${(100 * nme.high).toFixed(2)}]`)
 * ```
 *
 * Source: Sagonas et al. 2016, 300 Faces In-The-Wild Challenge: database and results.
 */
export function evaluateKeypoints(
  faces: readonly KeypointPair[],
  scheme: KeypointScheme,
  {
    normalization = 'interocular',
    threshold = 0.08,
    groupBy,
    confidence,
    resamples,
    seed,
    ...others
  }: EvaluationOptions = {},
): Evaluation {
  const options = { confidence, resamples, seed }
  const [strange] = Object.keys(others)
  if (strange !== undefined) {
    throw new FacekpError({
      code: 'METRIC_OPTION',
      problem: `there is no option ${strange}`,
      expected: 'by, threshold, subsetOf, confidence, resamples, seed',
    })
  }
  const measured = faces.map((face) => measure(face, scheme, normalization)).filter(({ nme }) => !Number.isNaN(nme))
  const errors = measured.map(({ nme }) => nme)
  const byPoint = scheme.pointNames.map((_, point) => mean(measured.map(({ relative }) => relative[point] as number)))
  const names = new Map<string, Measured[]>()
  for (const one of groupBy ? measured : []) {
    const name = groupBy?.(one.face)
    if (name !== undefined) names.set(name, [...(names.get(name) ?? []), one])
  }
  return {
    normalization,
    threshold,
    ...figuresOf(measured, threshold, options),
    errors,
    percentiles: Object.fromEntries(
      PERCENTS.map((percent) => [percent, percentile(errors, percent)]),
    ) as Evaluation['percentiles'],
    byPoint,
    byPart: Object.fromEntries(
      scheme.parts.map(({ name, indices }) => [name, mean(indices.map((point) => byPoint[point] as number))]),
    ),
    groups: Object.fromEntries(
      [...names].map(([name, members]) => [name, figuresOf(members, threshold, options)] as const),
    ),
  }
}

const PERCENTS = [25, 50, 75, 90, 95, 99] as const

interface Measured {
  readonly face: KeypointPair
  /** Each point's error over the normalizing length. */
  readonly relative: readonly number[]
  readonly nme: number
  readonly errorPx: number
  readonly maePx: number
  /** How many coordinates `maePx` is the mean of. */
  readonly coordinates: number
}

function measure(face: KeypointPair, scheme: KeypointScheme, by: Normalization): Measured {
  checkFace(face)
  if (face.target.length !== 2 * scheme.pointNames.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `face ${face.id} has not the points of scheme ${scheme.name}`,
      received: String(face.target.length / 2),
      expected: String(scheme.pointNames.length),
    })
  }
  const errors = pointErrors(face)
  const errorPx = mean(errors)
  const length = Number.isNaN(errorPx) ? Number.NaN : normalizer(face, scheme, by)
  const relative = errors.map((error) => error / length)
  const coordinates = 2 * errors.filter((error) => !Number.isNaN(error)).length
  return { face, relative, nme: mean(relative), errorPx, maePx: mean(absoluteErrors(face)), coordinates }
}

function figuresOf(measured: readonly Measured[], threshold: number, options: BootstrapOptions): Metrics {
  const over = (statistic: (drawn: readonly Measured[]) => number): Estimate => bootstrap(measured, statistic, options)
  const errorsOf = (drawn: readonly Measured[]): number[] => drawn.map(({ nme }) => nme)
  return {
    faces: measured.length,
    nme: over((drawn) => mean(errorsOf(drawn))),
    failureRate: over((drawn) => failureRate(errorsOf(drawn), threshold)),
    auc: over((drawn) => areaUnderCurve(errorsOf(drawn), threshold)),
    errorPx: over((drawn) => mean(drawn.map(({ errorPx }) => errorPx))),
    maePx: over(
      (drawn) =>
        drawn.reduce((sum, { maePx, coordinates }) => sum + maePx * coordinates, 0) /
        drawn.reduce((sum, { coordinates }) => sum + coordinates, 0),
    ),
  }
}
