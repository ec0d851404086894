import { IMM_58, type KeypointScheme } from '@facekp/core'
import type { Features } from './features.ts'
import type { Head, Point3 } from './head.ts'

/** The scheme's points on the head's surface, before the head turns, in the scheme's order. */
export function pointsOf(scheme: KeypointScheme, features: Features, head: Head): Point3[] {
  return scheme === IMM_58 ? immPoints(features, head) : ibugPoints(features, head)
}

/** -1 is the picture's left (the person's right), 1 its right. */
type Side = -1 | 1

interface Places {
  eyeUpper(side: Side, t: number): Point3
  eyeLower(side: Side, t: number): Point3
  brow(side: Side, s: number): Point3
  lip(line: 'upper' | 'lower' | 'innerUpper' | 'innerLower', u: number): Point3
  nose(side: Side, i: number): Point3
  ridge(share: number): Point3
  noseBase(share: number): Point3
}

/** Places that both schemes take from. */
function placesOn({ eye, brow, mouth, nose }: Features, head: Head): Places {
  return {
    eyeUpper: (side: Side, t: number): Point3 => head.lift(side * (eye.center + eye.halfWidth * t), eye.upper(t)),
    eyeLower: (side: Side, t: number): Point3 => head.lift(side * (eye.center + eye.halfWidth * t), eye.lower(t)),
    brow: (side: Side, s: number): Point3 =>
      head.lift(side * (brow.inner + (brow.outer - brow.inner) * s), brow.upper(s)),
    lip: (line: 'upper' | 'lower' | 'innerUpper' | 'innerLower', u: number): Point3 =>
      head.lift(mouth.halfWidth * u, mouth[line](Math.abs(u))),
    nose: (side: Side, i: number): Point3 => {
      const [x, y] = nose.outline[i] as readonly [number, number]
      return head.lift(side * x, y)
    },
    /** Along the bridge: 0 between the eyes, 1 at the tip. */
    ridge: (share: number): Point3 => head.lift(0, 0.03 + (nose.tip - 0.03) * share),
    /** Along the nose's lower edge: -1 and 1 below the wings, 0 in the middle. */
    noseBase: (share: number): Point3 => {
      const [[x, y], [, middle]] = [nose.outline[4], nose.outline[5]] as [[number, number], [number, number]]
      return head.lift(share * x, middle + (y - middle) * Math.abs(share))
    },
  }
}

function immPoints(features: Features, head: Head): Point3[] {
  const on = placesOn(features, head)
  const eye = (side: Side): Point3[] => [
    ...[1, 0.57, 0, -0.57, -1].map((t) => on.eyeUpper(side, t)),
    ...[-0.57, 0, 0.57].map((t) => on.eyeLower(side, t)),
  ]
  const brow = (side: Side): Point3[] => [0, 0.25, 0.6, 0.83, 1].map((s) => on.brow(side, s))
  const { peak } = features.mouth
  return [
    ...jaw(head, 0.79 * (features.chin / 1.858), 13),
    ...eye(1),
    ...eye(-1),
    ...brow(1),
    ...brow(-1),
    ...[-1, -peak, 0, peak, 1].map((u) => on.lip('upper', u)),
    ...[0.38, 0, -0.38].map((u) => on.lip('lower', u)),
    ...[0, 1, 2, 3, 4, 5].map((i) => on.nose(-1, i)),
    ...[4, 3, 2, 1, 0].map((i) => on.nose(1, i)),
  ]
}

function ibugPoints(features: Features, head: Head): Point3[] {
  const on = placesOn(features, head)
  const { peak, innerCorner } = features.mouth
  return [
    ...jaw(head, 0.04, 17),
    ...[1, 0.77, 0.52, 0.26, 0].map((s) => on.brow(-1, s)),
    ...[0, 0.26, 0.52, 0.77, 1].map((s) => on.brow(1, s)),
    ...[0, 0.36, 0.69, 1].map(on.ridge),
    ...[-1, -0.5, 0, 0.5, 1].map(on.noseBase),
    on.eyeUpper(-1, 1),
    ...[0.4, -0.4].map((t) => on.eyeUpper(-1, t)),
    on.eyeUpper(-1, -1),
    ...[-0.4, 0.4].map((t) => on.eyeLower(-1, t)),
    on.eyeUpper(1, -1),
    ...[-0.4, 0.4].map((t) => on.eyeUpper(1, t)),
    on.eyeUpper(1, 1),
    ...[0.4, -0.4].map((t) => on.eyeLower(1, t)),
    ...[-1, -0.62, -peak, 0, peak, 0.62, 1].map((u) => on.lip('upper', u)),
    ...[0.62, 0.3, 0, -0.3, -0.62].map((u) => on.lip('lower', u)),
    ...[-innerCorner, -0.4, 0, 0.4, innerCorner].map((u) => on.lip('innerUpper', u)),
    ...[0.4, 0, -0.4].map((u) => on.lip('innerLower', u)),
  ]
}

const OUTLINE_STEPS = 400

/** Points along the head's outline, from height `from` on the picture's left around the chin, equally far apart as seen from the front. */
function jaw(head: Head, from: number, count: number): Point3[] {
  const right = Array.from({ length: OUTLINE_STEPS + 1 }, (_, i) => {
    // Finer toward the chin, where the outline runs level.
    const y = head.chin - (head.chin - from) * (1 - i / OUTLINE_STEPS) ** 2
    return [head.halfWidth(y), y] as const
  })
  const line = [...right.map(([x, y]) => [-x, y] as const), ...right.toReversed().map(([x, y]) => [x, y] as const)]
  const reached = [0]
  for (let i = 1; i < line.length; i++) {
    const [[x0, y0], [x1, y1]] = [line[i - 1], line[i]] as [[number, number], [number, number]]
    reached.push((reached[i - 1] as number) + Math.hypot(x1 - x0, y1 - y0))
  }
  const whole = reached.at(-1) as number
  return Array.from({ length: count }, (_, point) => {
    const wanted = (whole * point) / (count - 1)
    const at = Math.max(
      1,
      reached.findIndex((length) => length >= wanted - 1e-9),
    )
    const [before, after] = [reached[at - 1] as number, reached[at] as number]
    const share = after > before ? (wanted - before) / (after - before) : 0
    const [[x0, y0], [x1, y1]] = [line[at - 1], line[at]] as [[number, number], [number, number]]
    return head.lift(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
  })
}
