import { type Keypoints, NOT_LABELED } from '@facekp/core'
import { updateMeta } from '../apply-ops.ts'
import type { GeometricOp, SampleMeta, Size } from '../augmentation.ts'

/** Whether the move takes no labeled point out of the picture that was in it. */
export function keepsInside(sample: SampleMeta, move: GeometricOp): boolean {
  const { keypoints } = updateMeta({ ...sample, visibility: sample.visibility }, move)
  return [...labeledInside(sample)].every((point) => inside(keypoints, point, move.to))
}

/** The numbers of the labeled points that lie in the picture. */
export function* labeledInside({ keypoints, visibility, image }: SampleMeta): Generator<number> {
  for (const [point, state] of visibility.entries()) {
    if (state !== NOT_LABELED && inside(keypoints, point, image)) yield point
  }
}

function inside(keypoints: Keypoints, point: number, { width, height }: Size): boolean {
  const [x, y] = [keypoints[2 * point] as number, keypoints[2 * point + 1] as number]
  return x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5
}
