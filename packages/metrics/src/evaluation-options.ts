import { checkArgument, describeUnknownName, FacekpError, type KeypointScheme, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type BootstrapOptions, checkBootstrapOptions } from './bootstrap.ts'
import { checkThreshold } from './error-distribution.ts'
import type { KeypointPair, MissedFace } from './keypoint-pair.ts'
import { checkNormalization, type Normalization } from './normalization.ts'

export interface EvaluationOptions extends BootstrapOptions {
  /** Length that errors are divided by; default `interocular`. */
  readonly normalization?: Normalization | undefined
  /** NME above which a face counts as a failure, and upper limit of the AUC; default 0.08 (300-W). */
  readonly threshold?: number | undefined
  /** Returns the name of a face's group, such as the subset of a protocol; undefined puts it in no group. */
  readonly groupBy?: ((face: KeypointPair | MissedFace) => string | undefined) | undefined
}

const OPTION_NAMES: readonly string[] = [
  'normalization',
  'threshold',
  'groupBy',
  'confidence',
  'resamples',
  'seed',
] satisfies (keyof EvaluationOptions)[]

const GROUP_BY = optionalKind(KINDS.function)

/**
 * Checks the options of `evaluateKeypoints`, before predictions that would be lost.
 *
 * @param scheme the scheme of the keypoints
 * @throws FacekpError `METRIC_OPTION` for an unknown option; `METRIC_NORMALIZATION` if the normalization is unknown, or the scheme lacks its
 *   normalization pair or eye parts; `METRIC_THRESHOLD`; `METRIC_BOOTSTRAP`
 * @example
 * ```ts
 * import { IMM_58 } from '@facekp/core'
 * import { checkEvaluationOptions } from '@facekp/metrics'
 *
 * checkEvaluationOptions(IMM_58, { normalization: 'interocular', threshold: 0.1 })
 * ```
 */
export function checkEvaluationOptions(scheme: KeypointScheme, options: EvaluationOptions): void {
  checkArgument(KINDS.scheme, scheme, 'scheme', 'checkEvaluationOptions')
  checkArgument(KINDS.object, options, 'options', 'checkEvaluationOptions')
  checkOptionNames(options)
  const { normalization = 'interocular', threshold = 0.08, groupBy, confidence, resamples, seed } = options
  checkNormalization(normalization, scheme)
  checkThreshold(threshold)
  checkArgument(GROUP_BY, groupBy, 'options.groupBy', 'evaluateKeypoints')
  checkBootstrapOptions({ confidence, resamples, seed })
}

function checkOptionNames(options: EvaluationOptions): void {
  const unknown = Object.keys(options).find((name) => !OPTION_NAMES.includes(name))
  if (unknown === undefined) return
  throw new FacekpError({
    code: 'METRIC_OPTION',
    problem: `option ${unknown} of evaluateKeypoints`,
    ...describeUnknownName(unknown, OPTION_NAMES),
  })
}
