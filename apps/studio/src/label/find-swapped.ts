import type { KeypointScheme, Keypoints } from '@facekp/core'
import { type FaceLabel, isPlaced } from '../project/labels.ts'

/** Outer eye corners of the face mesh, the person's right one first. */
const RIGHT_EYE = 33
const LEFT_EYE = 263

/** A pair of points that stand the wrong way round, by their indices. */
export type SwappedPair = readonly [number, number]

/** Pairs nearer than this share of the distance of the eyes say nothing: they may be on the middle of the face, or on a profile. */
const MIN_DISTANCE = 0.15

/**
 * Finds pairs of points whose left and right seem to be exchanged: a person's left is on the side of the left eye. Which point of a pair is
 * the left one follows from its name or, if that does not say, from the other labeled faces.
 */
export function findSwapped(scheme: KeypointScheme, face: FaceLabel, others: readonly FaceLabel[]): SwappedPair[] {
  return scheme.flipPairs.filter(([a, b]) => {
    const side = getSide(face, a, b)
    const expected = getNamedSide(scheme, a, b) ?? Math.sign(sum(others.map((other) => getSide(other, a, b))))
    return side * expected < 0
  })
}

/** Returns 1 if point `b` is on the person's left of point `a`, -1 on the right; 0 if that is not clear. */
function getSide({ mesh, points }: FaceLabel, a: number, b: number): number {
  const from = points[a]
  const to = points[b]
  if (!mesh || !from || !to || !isPlaced(from) || !isPlaced(to)) return 0
  const [axisX, axisY] = getEyeAxis(mesh)
  const length = axisX * axisX + axisY * axisY
  const share = ((to.x - from.x) * axisX + (to.y - from.y) * axisY) / length
  return Math.abs(share) < MIN_DISTANCE ? 0 : Math.sign(share)
}

function getEyeAxis(mesh: Keypoints): readonly [number, number] {
  const read = (index: number): number => mesh[index] as number
  return [read(2 * LEFT_EYE) - read(2 * RIGHT_EYE), read(2 * LEFT_EYE + 1) - read(2 * RIGHT_EYE + 1)]
}

function getNamedSide({ pointNames }: KeypointScheme, a: number, b: number): number | undefined {
  const isLeft = (index: number): boolean => /(^|[^a-z])(left|l)([^a-z]|$)/i.test(pointNames[index] as string)
  if (isLeft(a) === isLeft(b)) return undefined
  return isLeft(b) ? 1 : -1
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
