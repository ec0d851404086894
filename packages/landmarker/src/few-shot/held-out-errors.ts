import type { KeypointScheme } from '@facekp/core'
import type { LandmarkerMetrics } from '../model/landmarker-metrics.ts'
import type { Example } from './examples.ts'

/** A label that is far from its prediction by a fit without its group. */
export interface Outlier {
  /** Id of the image. */
  readonly id: string
  readonly pointName: string
  /** Distance of label and prediction in pixels of the image. */
  readonly errorPx: number
}

/** A label is an outlier if it is this many times as far off as the median of its point. */
const OUTLIER_FACTOR = 6
/** The median of a point counts as at most this many times that of the points together. */
const MAX_MEDIAN_FACTOR = 2

/** Computes the mean errors of the held-out predictions. */
export function computeMetrics(
  examples: readonly Example[],
  heldOut: readonly Float64Array[],
  scheme: KeypointScheme,
): LandmarkerMetrics {
  const distances = examples.map(({ mesh }, i) => computeDistances(heldOut[i] as Float64Array, mesh.frame.side))
  const errorPxByPoint = scheme.pointNames.map((_, point) => {
    const error = meanOfLabeled(distances.map((row) => row[point] as number))
    return Number.isNaN(error) ? null : error
  })
  const errorPx = meanOfLabeled(distances.map(meanOfLabeled))
  const nme = meanOfLabeled(
    examples.map((example, i) => meanOfLabeled(distances[i] as number[]) / getNormalization(example, scheme)),
  )
  return {
    source: 'crossValidation',
    images: examples.length,
    errorPx,
    errorPxByPoint,
    ...(Number.isNaN(nme) ? {} : { nme }),
  }
}

/**
 * Finds the labels that are far off, the farthest relative to their face first.
 *
 * A wrong label pulls the predictions of its point on all other faces towards it: among few faces it raises the median so much that it
 * would not stand out. The other points do not move with it, so they limit the median.
 */
export function findOutliers(
  examples: readonly Example[],
  heldOut: readonly Float64Array[],
  scheme: KeypointScheme,
): Outlier[] {
  const relative = examples.map((_, i) => computeDistances(heldOut[i] as Float64Array, 1))
  const medians = scheme.pointNames.map((_, point) => medianOfLabeled(relative.map((row) => row[point] as number)))
  const maxMedian = MAX_MEDIAN_FACTOR * medianOfLabeled(medians)
  const outliers = scheme.pointNames.flatMap((pointName, point) => {
    const limit = OUTLIER_FACTOR * Math.min(medians[point] as number, maxMedian)
    return examples.flatMap(({ sample, mesh }, i) => {
      const distance = relative[i]?.[point] as number
      if (!(distance > limit)) return []
      return [{ distance, outlier: { id: sample.id, pointName, errorPx: distance * mesh.frame.side } }]
    })
  })
  return outliers.sort((a, b) => b.distance - a.distance).map(({ outlier }) => outlier)
}

function computeDistances(residuals: Float64Array, side: number): number[] {
  return Array.from(
    { length: residuals.length / 2 },
    (_, i) => side * Math.hypot(residuals[2 * i] as number, residuals[2 * i + 1] as number),
  )
}

/** Returns NaN if the scheme has no pair to normalize by, one of its points is not labeled, or both have the same place. */
function getNormalization({ sample }: Example, { normalizationPair }: KeypointScheme): number {
  const [a, b] = normalizationPair ?? [0, 0]
  const { keypoints, visibility } = sample
  const isKnown = normalizationPair !== undefined && visibility[a] !== 0 && visibility[b] !== 0
  const x = (keypoints[2 * a] as number) - (keypoints[2 * b] as number)
  const y = (keypoints[2 * a + 1] as number) - (keypoints[2 * b + 1] as number)
  return (isKnown && Math.hypot(x, y)) || Number.NaN
}

function meanOfLabeled(values: readonly number[]): number {
  const labeled = values.filter((value) => !Number.isNaN(value))
  return labeled.reduce((sum, value) => sum + value, 0) / labeled.length
}

function medianOfLabeled(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
