import { invert, type Keypoints, mapKeypoints, type Sample, toSourcePoints } from '@facekp/core'

/** Where points that were found in one sample lie in another one that was made of the same original picture. */
export function pointsIn(shown: Sample, sample: Sample, points: Keypoints): Keypoints {
  return mapKeypoints(invert(shown.toSource), toSourcePoints(sample, points))
}
