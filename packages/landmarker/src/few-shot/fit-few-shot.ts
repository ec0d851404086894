import { type Dataset, FacekpError, flipIndices, type KeypointScheme, type Sample } from '@facekp/core'
import { type DetectFaces, loadDetector } from '@facekp/detector'
import { loadMeshNetwork } from '../mesh-network.ts'
import { MESH_FLIP } from '../mesh-points.ts'
import { mirrorPoints } from '../mirror-points.ts'
import { createModel, type LandmarkerModel } from '../model/landmarker-model.ts'
import { encodeMap } from '../predictors/mesh-regression.ts'
import { collectExamples, type Example } from './examples.ts'
import { fitPoints, type PointsFit } from './fit-points.ts'
import { computeMetrics, findOutliers, type Outlier } from './held-out-errors.ts'

export interface FewShotOptions {
  /**
   * Names what an image belongs to, such as its person: images of one group are left out together, so that the error is that of new
   * people. Default: each image is a group.
   */
  readonly groups?: (sample: Sample) => string | number
  /** Finds the faces; default: that of `@facekp/detector`. */
  readonly detector?: DetectFaces
  /** Test-time augmentation, as that of `loadLandmarker`, also whenever the model is used; default true. */
  readonly tta?: boolean
  readonly signal?: AbortSignal
}

export interface FewShotResult {
  /** For `loadLandmarker` and `saveLandmarker`. Its metrics were measured on images that were left out. */
  readonly model: LandmarkerModel
  /** Labels far from their predictions by a fit to the other images, farthest first. They are usually mistakes. */
  readonly outliers: readonly Outlier[]
  /** Ids of the images on which no face was found at the labels. */
  readonly missed: readonly string[]
}

/** More images gain nothing from mirrored ones, and the time grows with the cube of their number. */
const MAX_MIRRORED = 300

/** Fewer images cannot be fitted and left out. */
const MIN_IMAGES = 3

/**
 * Fits a landmarker of one's own points to a few labeled images: each point is tied to the mesh point that it moves
 * with, and a ridge regression from all 468 corrects that, in the square in which the eyes are level. Mirrored images are added (up to 300 images) if the scheme's flip pairs make that better. What is chosen is
 * chosen by groups that are left out, whose error is reported.
 *
 * @param dataset labeled images, 20 or more; points without a label are left out
 * @throws FacekpError `FEW_SHOT_IMAGES` (fewer than 3 faces found), `FEW_SHOT_GROUPS` (only one group), `FEW_SHOT_POINT` (a point
 *   is labeled on fewer than 3 images or in one group only); `DETECTOR_BACKEND`
 * @example
 * ```ts
 * const { model, outliers } = await fitFewShot(dataset, { groups: ({ id }) => id.slice(0, 2) })
 * console.log(model.metrics.errorPx, outliers)
 * const landmarker = await loadLandmarker(model)
 * ```
 */
export async function fitFewShot(dataset: Dataset, options: FewShotOptions = {}): Promise<FewShotResult> {
  const detector = options.detector === undefined ? await loadDetector() : undefined
  const detectFaces = (options.detector ?? detector?.detectFaces) as DetectFaces
  const tta = options.tta ?? true
  const network = await loadMeshNetwork()
  try {
    const { examples, missed } = await collectExamples(dataset, { detectFaces, network, tta }, options.signal)
    const { scheme } = dataset
    checkExamples(examples, missed.length)
    const groups = numberGroups(examples, options.groups)
    checkPoints(examples, groups, scheme)
    const fit = fitBest(examples, groups, scheme)
    return {
      model: createModel({
        scheme,
        predictor: { kind: 'meshRegression', tta, regression: encodeMap(fit.map) },
        metrics: computeMetrics(examples, fit.heldOut, scheme),
      }),
      outliers: findOutliers(examples, fit.heldOut, scheme),
      missed,
    }
  } finally {
    detector?.dispose()
    network.dispose()
  }
}

/** Fits with and without mirrored images and returns the better of both. */
function fitBest(examples: readonly Example[], groups: readonly number[], scheme: KeypointScheme): PointsFit {
  const rows = examples.map(({ mesh, targets, sample }) => ({
    features: mesh.relative,
    targets,
    visibility: sample.visibility,
  }))
  const plain = fitPoints(rows, groups)
  if (rows.length > MAX_MIRRORED) return plain
  const flip = flipIndices(scheme)
  const mirrored = rows.map(({ features, targets, visibility }) => ({
    features: mirrorPoints(features, MESH_FLIP),
    targets: mirrorPoints(targets, flip),
    visibility: Uint8Array.from(flip, (i) => visibility[i] as number),
  }))
  // Rows of the images come first: the errors of their mirror images do not count.
  const doubled = fitPoints([...rows, ...mirrored], [...groups, ...groups])
  const count = rows.length
  return sumSquares(doubled, count) < sumSquares(plain, count) ? doubled : plain
}

function sumSquares({ heldOut }: PointsFit, count: number): number {
  return heldOut
    .slice(0, count)
    .reduce((sum, row) => sum + row.reduce((total, value) => total + (Number.isNaN(value) ? 0 : value * value), 0), 0)
}

function numberGroups(examples: readonly Example[], groups: FewShotOptions['groups']): number[] {
  const numbers = new Map<string | number, number>()
  return examples.map(({ sample }, i) => {
    const key = groups ? groups(sample) : i
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}

function checkExamples(examples: readonly Example[], missed: number): void {
  if (examples.length >= MIN_IMAGES) return
  throw new FacekpError({
    code: 'FEW_SHOT_IMAGES',
    problem: 'too few images with a detected face at the labels',
    expected: `at least ${MIN_IMAGES}; 20 are a good start`,
    received: `${examples.length}, and ${missed} without a face`,
  })
}

function checkPoints(examples: readonly Example[], groups: readonly number[], scheme: KeypointScheme): void {
  if (new Set(groups).size < 2) {
    throw new FacekpError({
      code: 'FEW_SHOT_GROUPS',
      problem: 'option groups: all images are in one group',
      expected: 'at least 2 groups, such as people, so that one can be left out',
      received: `${examples.length} images of one group`,
    })
  }
  for (const [point, name] of scheme.pointNames.entries()) {
    const labeled = groups.filter((_, i) => examples[i]?.sample.visibility[point] !== 0)
    if (labeled.length >= MIN_IMAGES && new Set(labeled).size >= 2) continue
    throw new FacekpError({
      code: 'FEW_SHOT_POINT',
      problem: `point ${name} of scheme ${scheme.name} has too few labels`,
      expected: `labels on at least ${MIN_IMAGES} images of 2 groups; or leave the point out by pickKeypoints`,
      received: `${labeled.length} images of ${new Set(labeled).size} groups`,
    })
  }
}
