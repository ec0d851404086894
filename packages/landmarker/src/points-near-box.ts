import { type Box, type Keypoints, mapKeypoints, type Sample } from '@facekp/core'

/** Returns the fraction of the labeled points inside the box enlarged by half of its size on each side. */
export function countPointsNear(box: Box, { keypoints, visibility }: Sample): number {
  const scaled: Keypoints = mapKeypoints(
    [1 / box.width, 0, (0.5 - box.left) / box.width, 0, 1 / box.height, (0.5 - box.top) / box.height],
    keypoints,
  )
  const labeled = [...visibility.keys()].filter((i) => visibility[i] !== 0)
  const near = labeled.filter((i) => isNear(scaled[2 * i] as number) && isNear(scaled[2 * i + 1] as number))
  return labeled.length === 0 ? 0 : near.length / labeled.length
}

const isNear = (value: number): boolean => value > -0.5 && value < 1.5
