import type { LandmarkerMetrics } from '@facekp/landmarker'
import type { Measurement } from './measure.ts'

/** Describes the errors in the crops of the given boxes, of one view of each face. */
export function describeMetrics({ predictions, errorPx, pointErrorsPx, evaluation }: Measurement): LandmarkerMetrics {
  return {
    source: 'testSet',
    images: predictions.length,
    errorPx,
    errorPxByPoint: pointErrorsPx.map((error) => (Number.isNaN(error) ? null : error)),
    ...(evaluation ? { nme: evaluation.nme.value } : {}),
  }
}
