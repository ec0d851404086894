import { checkArgument, invert, type Keypoints, mapKeypoints, type Sample, toSourcePoints } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/**
 * Maps keypoints from one sample into another sample of the same source image.
 *
 * @param points in pixels of `from`
 * @param to must have only affine steps behind it
 * @returns the same points in pixels of `to`
 */
export function mapBetweenSamples(points: Keypoints, from: Sample, to: Sample): Keypoints {
  checkArgument(KINDS.keypoints, points, 'points', 'mapBetweenSamples')
  checkArgument(KINDS.sample, from, 'from', 'mapBetweenSamples')
  checkArgument(KINDS.sample, to, 'to', 'mapBetweenSamples')
  return mapKeypoints(invert(to.toSource), toSourcePoints(from, points))
}
