import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type DetectFaces, loadDetector } from '@facekp/detector'
import { loadMeshNetwork } from '../mesh-network.ts'
import { createModel, type LandmarkerModel } from '../model/landmarker-model.ts'
import { encodeMap } from '../predictors/mesh-regression.ts'
import { encodeRefinement } from '../predictors/refined-regression.ts'
import { checkExamples } from './check-examples.ts'
import { collectExamples, type Example, type Examples } from './examples.ts'
import { type FewShotOptions, type ResolvedFewShotOptions, resolveFewShotOptions } from './few-shot-options.ts'
import { fitRegression } from './fit-regression.ts'
import { computeMetrics, findOutliers, type Outlier } from './held-out-errors.ts'
import { pause } from './pause.ts'
import { type Refinement, refineBest } from './refine-best.ts'

export interface FewShotResult {
  /** For `loadLandmarker` and `saveLandmarker`. Its metrics were measured on images that were left out. */
  readonly model: LandmarkerModel
  /** Labels far from their predictions by a fit to the other images, farthest first. They are usually mistakes. */
  readonly outliers: readonly Outlier[]
  /** Ids of the images on which no face was found at the labels. */
  readonly missed: readonly string[]
  /** Whether points are refined, and why; undefined with `refine: false`. */
  readonly refinement?: Refinement
}

/**
 * Fits a landmarker of one's own points to a few labeled images: each point is tied to the mesh point that it moves with, and a ridge
 * regression from all 468 corrects that, in the square in which the eyes are level. Mirrored images are added if the scheme's flip pairs
 * make that better. A second regression refines the points by what early layers of the mesh network see around them, if that is better. What is chosen is chosen
 * by groups that are left out, whose error is reported.
 *
 * @param dataset labeled images, 20 or more; points without a label are left out. Each image is read up to twice
 * @throws FacekpError `FEW_SHOT_IMAGES` (fewer than 3 faces found), `FEW_SHOT_GROUPS` (only one group), `FEW_SHOT_POINT` (a point
 *   is labeled on fewer than 3 images or in one group only), `FEW_SHOT_LABEL` (a label that is not finite); `LANDMARKER_OPTION`;
 *   `DETECTOR_BACKEND`
 * @example
 * ```ts
 * const { model, outliers, refinement } = await fitFewShot(dataset, { groups: ({ id }) => id.slice(0, 2) })
 * console.log(model.metrics.errorPx, refinement?.reason, outliers)
 * const landmarker = await loadLandmarker(model)
 * ```
 */
export async function fitFewShot(dataset: Dataset, options: FewShotOptions = {}): Promise<FewShotResult> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'fitFewShot')
  checkArgument(KINDS.object, options, 'options', 'fitFewShot')
  const resolved = resolveFewShotOptions(options)
  const collected = await findExamples(dataset, resolved)
  const { examples, missed } = collected
  const { scheme } = dataset
  const groups = numberGroups(examples)
  checkExamples(collected, groups, scheme)
  await pause(resolved.signal)
  const regression = fitRegression(examples, groups, scheme)
  const { refinement, report, heldOut } = await refineBest({ dataset, examples, groups, regression }, resolved)
  const { tta } = resolved
  const encoded = encodeMap(regression.map)
  const predictor = refinement
    ? ({ kind: 'refinedRegression', tta, regression: encoded, refinement: encodeRefinement(refinement) } as const)
    : ({ kind: 'meshRegression', tta, regression: encoded } as const)
  return {
    model: createModel({ scheme, predictor, metrics: computeMetrics(examples, heldOut, scheme) }),
    outliers: findOutliers(examples, heldOut, scheme),
    missed,
    ...(report && { refinement: report }),
  }
}

/** Finds the meshes of all images. */
async function findExamples(dataset: Dataset, options: ResolvedFewShotOptions): Promise<Examples> {
  const { groups, signal, tta, onProgress } = options
  const detector = options.detector === undefined ? await loadDetector() : undefined
  const network = await loadMeshNetwork()
  try {
    const detectFaces = (options.detector ?? detector?.detectFaces) as DetectFaces
    const onExample = (done: number): void => onProgress?.({ stage: 'meshes', done, total: dataset.length })
    return await collectExamples(dataset, { detectFaces, network, tta }, { groups, signal, onExample })
  } finally {
    detector?.dispose()
    network.dispose()
  }
}

function numberGroups(examples: readonly Example[]): number[] {
  const numbers = new Map<string | number, number>()
  return examples.map(({ group }) => {
    const number = numbers.get(group) ?? numbers.size
    numbers.set(group, number)
    return number
  })
}
