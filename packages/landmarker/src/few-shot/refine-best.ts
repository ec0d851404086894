import type { Dataset } from '@facekp/core'
import type { LandmarkerMetrics } from '../model/landmarker-metrics.ts'
import type { PointRefinement } from '../predictors/refined-regression.ts'
import type { Example } from './examples.ts'
import type { ResolvedFewShotOptions } from './few-shot-options.ts'
import { fitRefinement } from './fit-refinement.ts'
import type { RegressionFit } from './fit-regression.ts'
import { computeMetrics } from './held-out-errors.ts'

/** Errors of images that were left out of the fit, in pixels. */
export type RefinementErrors = Pick<LandmarkerMetrics, 'errorPx' | 'errorPxByPoint'>

/** Whether points are refined, and why. Both errors are those of the same fits, which leave out up to 8 parts of the groups in turn. */
export interface Refinement {
  readonly isUsed: boolean
  /** Errors of points that are not refined. */
  readonly without: RefinementErrors
  /** Errors of refined points. */
  readonly with: RefinementErrors
  /** The choice and the errors, in a sentence. */
  readonly reason: string
}

export interface RefinableFit {
  readonly dataset: Dataset
  readonly examples: readonly Example[]
  readonly groups: readonly number[]
  readonly regression: RegressionFit
}

export interface BestRefinement {
  /** Undefined if points are not refined. */
  readonly refinement?: PointRefinement | undefined
  readonly report?: Refinement
  /** Held-out residuals of the examples. */
  readonly heldOut: readonly Float64Array[]
}

/** Fits a refinement, unless option `refine` forbids it, and uses it if it is better or must be used. */
export async function refineBest(
  { dataset, examples, groups, regression }: RefinableFit,
  { refine, tta, signal, onProgress }: ResolvedFewShotOptions,
): Promise<BestRefinement> {
  const { rows, mirrored } = regression
  const heldOut = regression.heldOut.slice(0, examples.length)
  if (refine === false) return { heldOut }
  const fit = await fitRefinement({
    dataset,
    examples,
    rows,
    heldOut: regression.heldOut,
    groups: mirrored ? [...groups, ...groups] : groups,
    mirrored,
    tta,
    signal,
    onExample: (done) => onProgress?.({ stage: 'refinement', done, total: examples.length }),
  })
  const measure = (residuals: readonly Float64Array[]): RefinementErrors => {
    const { errorPx, errorPxByPoint } = computeMetrics(examples, residuals, dataset.scheme)
    return { errorPx, errorPxByPoint }
  }
  const errors = { without: measure(fit.heldOut.without), with: measure(fit.heldOut.with) }
  const isUsed = refine === true || errors.with.errorPx < errors.without.errorPx
  const report = { isUsed, ...errors, reason: describeChoice(isUsed, errors) }
  return isUsed ? { refinement: fit.refinement, report, heldOut: fit.heldOut.with } : { report, heldOut }
}

function describeChoice(isUsed: boolean, errors: Pick<Refinement, 'without' | 'with'>): string {
  const without = `${errors.without.errorPx.toFixed(2)} px without refinement`
  const refined = `${errors.with.errorPx.toFixed(2)} px with it`
  return `points are ${isUsed ? '' : 'not '}refined: on images left out, the mean error is ${without} and ${refined}`
}
