import {
  boundingBox,
  checkArgument,
  type Dataset,
  type KeypointScheme,
  type Keypoints,
  mapBox,
  NOT_LABELED,
  objectKind,
  type Sample,
  toSourcePoints,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { boxOverlap, type DetectOptions } from '@facekp/detector'
import { createYielder } from '@facekp/event-loop'
import {
  checkEvaluationOptions,
  type Evaluation,
  type EvaluationOptions,
  evaluateKeypoints,
  type KeypointPair,
  type MissedFace,
  type Normalization,
  pointErrors,
} from '@facekp/metrics'
import { checkSamePoints, parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { ImageSource } from './image-source.ts'
import type { LandmarkedFace, Landmarker } from './landmarker.ts'
import { objectSchema, signalSchema } from './option-schemas.ts'
import { countPointsNear } from './points-near-box.ts'

const EVALUATE_LANDMARKER_LANDMARKER = objectKind({ scheme: KINDS.scheme, detect: KINDS.function })

export interface LandmarkerEvaluationOptions extends EvaluationOptions {
  /** Options of the detector. */
  readonly detect?: DetectOptions | undefined
  /**
   * A face counts as found if the boxes around its predicted and its target points overlap by more, as intersection over union, 0 to 1;
   * default 0.4. Points without an area, such as a single one, count as found if they are in or near the detected box.
   */
  readonly minOverlap?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a landmarker found of a labeled face. */
export interface FaceEvaluation {
  /** Id of the sample. */
  readonly id: string
  /** Undefined if the face was missed, or has no labeled point. */
  readonly face: LandmarkedFace | undefined
  /** Distance of each point in pixels of the original image; NaN for a point without a label; undefined if `face` is. */
  readonly pointErrorsPx: readonly number[] | undefined
  /** NME; infinite if the face was missed, NaN if it has no labeled point. */
  readonly nme: number
}

/** The metrics of a landmarker, with the detector in front. */
export interface LandmarkerEvaluation extends Evaluation {
  /** One a sample, in the order of the dataset. */
  readonly faces: readonly FaceEvaluation[]
}

const optionsSchema = z.object({
  detect: z.optional(objectSchema<DetectOptions>()),
  minOverlap: z._default(z.number().check(z.minimum(0), z.lt(1)), 0.4),
  signal: signalSchema,
})

/**
 * Evaluates a landmarker end to end, on whole images: NME, failure rate, AUC and pixel errors of `@facekp/metrics`, with intervals. A face
 * that is not found counts as a failure with infinite error, as in 300-W; the mean NME is that of the faces that were found.
 *
 * @param dataset labeled faces of the landmarker's scheme, one a sample; images may show other faces too
 * @throws FacekpError `LANDMARKER_OPTION`; `LANDMARKER_SCHEME` if the dataset has other points, or in another order; what `detect` and
 *   `evaluateKeypoints` throw
 * @example
 * ```ts
 * const { nme, failureRate, missedCount, faces } = await evaluateLandmarker(landmarker, test, { threshold: 0.08 })
 * const missed = faces.filter(({ nme }) => nme === Infinity).map(({ id }) => id)
 * ```
 *
 * Source: Sagonas et al. 2016, 300 Faces In-The-Wild Challenge: database and results.
 */
export async function evaluateLandmarker(
  landmarker: Pick<Landmarker<ImageSource>, 'scheme' | 'detect'>,
  dataset: Dataset,
  options: LandmarkerEvaluationOptions = {},
): Promise<LandmarkerEvaluation> {
  checkArgument(EVALUATE_LANDMARKER_LANDMARKER, landmarker, 'landmarker', 'evaluateLandmarker')
  checkArgument(KINDS.dataset, dataset, 'dataset', 'evaluateLandmarker')
  checkArgument(KINDS.object, options, 'options', 'evaluateLandmarker')
  const { detect, minOverlap, signal, ...metricOptions } = options
  const name = 'evaluateLandmarker'
  const resolved = parseOptions({
    schema: optionsSchema,
    value: { detect, minOverlap, signal },
    code: 'LANDMARKER_OPTION',
    name,
  })
  const problem = 'landmarker and dataset have different points'
  checkSamePoints(landmarker, dataset, { code: 'LANDMARKER_SCHEME', problem, name: 'landmarker' })
  checkEvaluationOptions(dataset.scheme, metricOptions)
  const pairs: (KeypointPair | MissedFace)[] = []
  const faces: FaceEvaluation[] = []
  const maybeYield = createYielder()
  for (let i = 0; i < dataset.length; i++) {
    await maybeYield()
    signal?.throwIfAborted()
    const sample = await dataset.get(i, signal)
    const { faces: detected } = await landmarker.detect(sample.image, detect)
    const face = matchFace(detected, sample, resolved.minOverlap)
    const pair = createPair(sample, face)
    pairs.push(pair)
    faces.push({
      id: sample.id,
      face,
      pointErrorsPx: 'missed' in pair ? undefined : pointErrors(pair),
      nme: computeNme(pair, dataset.scheme, metricOptions.normalization),
    })
  }
  return { ...evaluateKeypoints(pairs, dataset.scheme, metricOptions), faces }
}

/** Computes the NME of a face; NaN if it has no labeled point. Throws if it cannot be measured, before further images are searched. */
function computeNme(
  pair: KeypointPair | MissedFace,
  scheme: KeypointScheme,
  normalization: Normalization | undefined,
): number {
  if (pair.visibility?.every((state) => state === NOT_LABELED)) return Number.NaN
  const { errors } = evaluateKeypoints([pair], scheme, { normalization, resamples: 1 })
  return errors[0] as number
}

/** Finds the face of a sample; undefined if it was missed. */
function matchFace(faces: readonly LandmarkedFace[], sample: Sample, minOverlap: number): LandmarkedFace | undefined {
  const isLabeled = (_: number, k: number): boolean => sample.visibility[k >> 1] !== 0
  const target = boundingBox(sample.keypoints.filter(isLabeled))
  const hasArea = target.width > 0 && target.height > 0
  const [best] = faces
    .map((face) => {
      if (!hasArea) return { face, match: countPointsNear(face.box, sample), min: 0.5 }
      return { face, match: boxOverlap(boundingBox(face.points.filter(isLabeled)), target), min: minOverlap }
    })
    // `faces` has the highest score first, and sorting keeps the order of equals.
    .toSorted((a, b) => b.match - a.match)
  return best && best.match > best.min ? best.face : undefined
}

function createPair(sample: Sample, face: LandmarkedFace | undefined): KeypointPair | MissedFace {
  const toSource = (points: Keypoints): Keypoints => toSourcePoints(sample, points)
  const labels = { id: sample.id, target: toSource(sample.keypoints), visibility: sample.visibility }
  if (face === undefined) return { ...labels, missed: true }
  return { ...labels, predicted: toSource(face.points), box: mapBox(sample.toSource, face.box) }
}
