import { type Box, checkArgument, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { Detection } from './detection.ts'

const MERGE_DETECTIONS_DETECTIONS = listKind(
  objectKind({ box: KINDS.box, score: KINDS.number, points: KINDS.keypoints }),
)

/**
 * Boxes that overlap more belong to one face; intersection over union. MediaPipe's value.
 */
const MIN_OVERLAP = 0.3

/**
 * Merges detections of the same face by weighted non-maximum suppression: those that overlap the best one are replaced by their mean,
 * weighted by score (the plain mean if all scores are 0), with the score of the best. Points are averaged with those of detections that have as
 * many as the best one. The mean jitters less from frame to frame than the best one.
 *
 * Source: Bazarevsky et al. 2019, BlazeFace, arXiv:1907.05047, section 3.4.
 *
 * @returns highest score first
 */
export function mergeDetections(detections: readonly Detection[]): Detection[] {
  checkArgument(MERGE_DETECTIONS_DETECTIONS, detections, 'detections', 'mergeDetections')
  let remaining = detections.toSorted((a, b) => b.score - a.score)
  const merged: Detection[] = []
  while (remaining.length > 0) {
    const best = remaining[0] as Detection
    const group = remaining.filter(({ box }) => box === best.box || boxOverlap(box, best.box) > MIN_OVERLAP)
    merged.push({ ...averageDetections(group), score: best.score })
    remaining = remaining.filter((detection) => !group.includes(detection))
  }
  return merged
}

/** Computes the intersection over union of two boxes, 0 to 1. */
export function boxOverlap(a: Box, b: Box): number {
  checkArgument(KINDS.box, a, 'a', 'boxOverlap')
  checkArgument(KINDS.box, b, 'b', 'boxOverlap')
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left)
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top)
  if (width <= 0 || height <= 0) return 0
  const intersection = width * height
  return intersection / (a.width * a.height + b.width * b.height - intersection)
}

function averageDetections(detections: readonly Detection[]): Pick<Detection, 'box' | 'points'> {
  const [best] = detections as readonly [Detection]
  // Another detector may find other points, or none.
  const alike = detections.filter(({ points }) => points.length === best.points.length)
  return {
    box: {
      left: average(detections, ({ box }) => box.left),
      top: average(detections, ({ box }) => box.top),
      width: average(detections, ({ box }) => box.width),
      height: average(detections, ({ box }) => box.height),
    },
    points: best.points.map((_, k) => average(alike, ({ points }) => points[k] as number)),
  }
}

/** Computes the mean of a value, weighted by score, or the plain mean if all scores are 0. */
function average(detections: readonly Detection[], getValue: (detection: Detection) => number): number {
  const isWeighted = detections.some(({ score }) => score > 0)
  const getWeight = ({ score }: Detection): number => (isWeighted ? score : 1)
  const total = detections.reduce((sum, detection) => sum + getWeight(detection), 0)
  return detections.reduce((sum, detection) => sum + getWeight(detection) * getValue(detection), 0) / total
}
