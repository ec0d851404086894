import { type Box, type Keypoints, mapKeypoints, type Sample } from '@facekp/core'
import type { Detection } from '@facekp/detector'

/** Returns the fraction of the labeled points inside the box enlarged by half of its size on each side. */
export function countPointsNear(box: Box, { keypoints, visibility }: Pick<Sample, 'keypoints' | 'visibility'>): number {
  const scaled: Keypoints = mapKeypoints(
    [1 / box.width, 0, (0.5 - box.left) / box.width, 0, 1 / box.height, (0.5 - box.top) / box.height],
    keypoints,
  )
  const labeled = [...visibility.keys()].filter((i) => visibility[i] !== 0)
  const near = labeled.filter((i) => isNear(scaled[2 * i] as number) && isNear(scaled[2 * i + 1] as number))
  return labeled.length === 0 ? 0 : near.length / labeled.length
}

const isNear = (value: number): boolean => value > -0.5 && value < 1.5

/** Chooses the face with the most labeled points in or near its box; undefined if no face has half of them. */
export function chooseLabeledFace(
  faces: readonly Detection[],
  sample: Pick<Sample, 'keypoints' | 'visibility'>,
): Detection | undefined {
  const counted = faces.map((face) => ({ face, share: countPointsNear(face.box, sample) }))
  // `faces` has the highest score first, and sorting keeps the order of equals.
  const [best] = counted.toSorted((a, b) => b.share - a.share)
  return best && best.share >= 0.5 ? best.face : undefined
}
