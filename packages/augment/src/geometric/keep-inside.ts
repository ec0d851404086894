import { type Keypoints, NOT_LABELED } from '@facekp/core'
import { updateMeta } from '../apply-ops.ts'
import type { GeometricOp, SampleMeta, Size } from '../augmentation.ts'

/** Tests whether all labeled keypoints inside the image stay inside. */
export function keepsPointsInside(sample: SampleMeta, op: GeometricOp): boolean {
  const { keypoints } = updateMeta(sample, op)
  return [...labeledInside(sample)].every((point) => isInside(keypoints, point, op.to))
}

/** Yields the indices of the labeled keypoints inside the image. */
export function* labeledInside({ keypoints, visibility, image }: SampleMeta): Generator<number> {
  for (const [point, state] of visibility.entries()) {
    if (state !== NOT_LABELED && isInside(keypoints, point, image)) yield point
  }
}

function isInside(keypoints: Keypoints, point: number, { width, height }: Size): boolean {
  const x = keypoints[2 * point] as number
  const y = keypoints[2 * point + 1] as number
  return x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5
}
