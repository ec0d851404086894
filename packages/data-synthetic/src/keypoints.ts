import { IMM_58, type KeypointScheme } from '@facekp/core'
import type { Features } from './features.ts'
import type { Head, Point3 } from './head.ts'

/** Computes the keypoints of a scheme on the surface of the unrotated head, in the order of the scheme. */
export function computeKeypoints(scheme: KeypointScheme, features: Features, head: Head): Point3[] {
  return scheme === IMM_58 ? computeImm58(features, head) : computeIbug68(features, head)
}

/** -1: left of the image (the person's right), 1: right of the image. */
type Side = -1 | 1
type LipCurve = 'upper' | 'lower' | 'innerUpper' | 'innerLower'

/** Points on the surface by their position along the curves of the face. */
interface Locators {
  eyeUpper(side: Side, t: number): Point3
  eyeLower(side: Side, t: number): Point3
  brow(side: Side, s: number): Point3
  lip(curve: LipCurve, u: number): Point3
  noseOutline(side: Side, i: number): Point3
  /** Along the bridge of the nose: 0 between the eyes, 1 at the tip. */
  noseBridge(fraction: number): Point3
  /** Along the lower edge of the nose: -1 and 1 below the wings, 0 in the middle. */
  noseBase(position: number): Point3
}

function createLocators({ eye, brow, mouth, nose }: Features, head: Head): Locators {
  return {
    eyeUpper: (side, t) => head.lift(side * (eye.center + eye.halfWidth * t), eye.upper(t)),
    eyeLower: (side, t) => head.lift(side * (eye.center + eye.halfWidth * t), eye.lower(t)),
    brow: (side, s) => head.lift(side * (brow.inner + (brow.outer - brow.inner) * s), brow.upper(s)),
    lip: (curve, u) => head.lift(mouth.halfWidth * u, mouth[curve](Math.abs(u))),
    noseOutline: (side, i) => {
      const [x, y] = nose.outline[i] as readonly [number, number]
      return head.lift(side * x, y)
    },
    noseBridge: (fraction) => head.lift(0, 0.03 + (nose.tip - 0.03) * fraction),
    noseBase: (position) => {
      const [x, y] = nose.outline[4] as readonly [number, number]
      const [, middle] = nose.outline[5] as readonly [number, number]
      return head.lift(position * x, middle + (y - middle) * Math.abs(position))
    },
  }
}

function computeImm58(features: Features, head: Head): Point3[] {
  const locate = createLocators(features, head)
  const eye = (side: Side): Point3[] => [
    ...[1, 0.57, 0, -0.57, -1].map((t) => locate.eyeUpper(side, t)),
    ...[-0.57, 0, 0.57].map((t) => locate.eyeLower(side, t)),
  ]
  const brow = (side: Side): Point3[] => [0, 0.25, 0.6, 0.83, 1].map((s) => locate.brow(side, s))
  const { peak } = features.mouth
  return [
    ...computeJaw(head, 0.79 * (features.chin / 1.858), 13),
    ...eye(1),
    ...eye(-1),
    ...brow(1),
    ...brow(-1),
    ...[-1, -peak, 0, peak, 1].map((u) => locate.lip('upper', u)),
    ...[0.38, 0, -0.38].map((u) => locate.lip('lower', u)),
    ...[0, 1, 2, 3, 4, 5].map((i) => locate.noseOutline(-1, i)),
    ...[4, 3, 2, 1, 0].map((i) => locate.noseOutline(1, i)),
  ]
}

function computeIbug68(features: Features, head: Head): Point3[] {
  const locate = createLocators(features, head)
  const { peak, innerCorner } = features.mouth
  return [
    ...computeJaw(head, 0.04, 17),
    ...[1, 0.77, 0.52, 0.26, 0].map((s) => locate.brow(-1, s)),
    ...[0, 0.26, 0.52, 0.77, 1].map((s) => locate.brow(1, s)),
    ...[0, 0.36, 0.69, 1].map(locate.noseBridge),
    ...[-1, -0.5, 0, 0.5, 1].map(locate.noseBase),
    locate.eyeUpper(-1, 1),
    ...[0.4, -0.4].map((t) => locate.eyeUpper(-1, t)),
    locate.eyeUpper(-1, -1),
    ...[-0.4, 0.4].map((t) => locate.eyeLower(-1, t)),
    locate.eyeUpper(1, -1),
    ...[-0.4, 0.4].map((t) => locate.eyeUpper(1, t)),
    locate.eyeUpper(1, 1),
    ...[0.4, -0.4].map((t) => locate.eyeLower(1, t)),
    ...[-1, -0.62, -peak, 0, peak, 0.62, 1].map((u) => locate.lip('upper', u)),
    ...[0.62, 0.3, 0, -0.3, -0.62].map((u) => locate.lip('lower', u)),
    ...[-innerCorner, -0.4, 0, 0.4, innerCorner].map((u) => locate.lip('innerUpper', u)),
    ...[0.4, 0, -0.4].map((u) => locate.lip('innerLower', u)),
  ]
}

const OUTLINE_STEPS = 400

type Point2 = readonly [x: number, y: number]

/** Points at equal arc length, seen from the front, along the outline from height `top` on the left around the chin to the right. */
function computeJaw(head: Head, top: number, count: number): Point3[] {
  const outline = sampleOutline(head, top)
  const arcLengths = [0]
  for (let i = 1; i < outline.length; i++) {
    const [x0, y0] = outline[i - 1] as Point2
    const [x1, y1] = outline[i] as Point2
    arcLengths.push((arcLengths[i - 1] as number) + Math.hypot(x1 - x0, y1 - y0))
  }
  const total = arcLengths.at(-1) as number
  return Array.from({ length: count }, (_, point) => {
    const target = (total * point) / (count - 1)
    const end = Math.max(
      1,
      arcLengths.findIndex((length) => length >= target - 1e-9),
    )
    const before = arcLengths[end - 1] as number
    const after = arcLengths[end] as number
    const fraction = after > before ? (target - before) / (after - before) : 0
    const [x0, y0] = outline[end - 1] as Point2
    const [x1, y1] = outline[end] as Point2
    return head.lift(x0 + (x1 - x0) * fraction, y0 + (y1 - y0) * fraction)
  })
}

function sampleOutline(head: Head, top: number): Point2[] {
  const right = Array.from({ length: OUTLINE_STEPS + 1 }, (_, i): Point2 => {
    // Denser toward the chin, where the outline is horizontal.
    const y = head.chin - (head.chin - top) * (1 - i / OUTLINE_STEPS) ** 2
    return [head.halfWidth(y), y]
  })
  const left = right.map(([x, y]): Point2 => [-x, y])
  return [...left, ...right.toReversed()]
}
