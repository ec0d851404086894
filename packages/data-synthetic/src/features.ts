import { clamp, mix, smoothstep } from './math.ts'
import type { Expression, FaceParameters, Identity } from './parameters.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, max, min, sqrt } = Math

/**
 * The curves of a face, in the plane seen from the front. Unit: distance between the eye centers of an average face; origin: the
 * point midway between them; x to the right of the image, y down. A face is symmetric, so x is the distance from its middle.
 * Keypoints and pixels are both computed from these functions, so they agree exactly.
 *
 * The average values are near those of adult faces seen from the front.
 */
export interface Features {
  readonly chin: number
  /** Distance that an open jaw lowers the chin. */
  readonly jawDrop: number
  readonly eye: EyeCurves
  readonly brow: BrowCurves
  readonly mouth: MouthCurves
  readonly nose: NoseShape
}

/** Lids of an eye; t runs from -1 (inner corner) to 1 (outer corner). */
export interface EyeCurves {
  readonly center: number
  readonly halfWidth: number
  upper(t: number): number
  lower(t: number): number
  /** Crease above the lid: follows the upper lid of the open eye. */
  crease(t: number): number
}

/** Edges of a brow; s runs from 0 (inner end) to 1 (outer end). */
export interface BrowCurves {
  readonly inner: number
  readonly outer: number
  upper(s: number): number
  lower(s: number): number
}

/** Edges of the lips; u runs from 0 (middle) to 1 (corner). */
export interface MouthCurves {
  readonly halfWidth: number
  readonly corner: number
  readonly peak: number
  /** u at which the inner edges of the lips meet. */
  readonly innerCorner: number
  upper(u: number): number
  lower(u: number): number
  innerUpper(u: number): number
  innerLower(u: number): number
}

export interface NoseShape {
  readonly tip: number
  readonly base: number
  readonly width: number
  /** From beside the bridge down around the wing to the middle of the base. */
  readonly outline: readonly (readonly [x: number, y: number])[]
}

/** y of an average chin; the jaw's profile in `head.ts` ends there. */
export const CHIN = 1.858

/** Computes the curves of a face from its parameters. */
export function computeFeatures({ identity, expression }: FaceParameters): Features {
  const jawDrop = 0.3 * expression.mouthOpen
  const eye = computeEye(identity, expression)
  const nose = computeNose(identity, expression)
  return {
    chin: CHIN * identity.faceLength + jawDrop,
    jawDrop,
    eye,
    brow: computeBrow(identity, expression, eye.center),
    mouth: computeMouth(identity, expression, { noseBase: nose.base, jawDrop }),
    nose,
  }
}

function computeEye(identity: Identity, { smile, blink }: Expression): EyeCurves {
  const axis = (t: number): number => 0.012 - (identity.eyeTilt / 2) * t
  const openness = 1 - blink
  const lidHeight = 0.118 * identity.eyeHeight
  const lift = (t: number): number => lidHeight * (1 - t * t) * (1 - 0.18 * t)
  // Closed lids meet at the lower lid, which a blink does not move.
  const lower = (t: number): number =>
    axis(t) + (0.062 * identity.eyeHeight - 0.012 * max(smile, 0)) * (1 - abs(t) ** 2.6)
  return {
    center: 0.494 * identity.eyeSpacing,
    halfWidth: 0.229 * identity.eyeWidth,
    upper: (t) => mix(lower(t), axis(t) - lift(t), openness),
    lower,
    crease: (t) => axis(t) - lift(clamp(t, -1, 1)) * 1.15 - 0.045,
  }
}

function computeBrow(identity: Identity, { browRaise }: Expression, eyeCenter: number): BrowCurves {
  const lift = -0.235 * (identity.browHeight - 1) - 0.11 * browRaise
  const ends = (s: number): number => mix(-0.235, -0.165, s) + lift
  const shape = (s: number): number => sqrt(max(0, 4 * s * (1 - s))) * (1 + 0.12 * (s - 0.5))
  const top = 0.165 * identity.browArch
  const thickness = (s: number): number => min(0.155, 0.105 * identity.browThickness) * (1 - 0.45 * s)
  return {
    inner: 0.2 * identity.eyeSpacing,
    outer: eyeCenter + 0.41 * identity.eyeWidth,
    upper: (s) => ends(s) - top * shape(s),
    lower: (s) => ends(s) - max(0, top - thickness(s)) * shape(s),
  }
}

function computeNose(identity: Identity, { smile }: Expression): NoseShape {
  const base = 0.724 * identity.noseLength
  const width = 0.275 * identity.noseWidth * (1 + 0.06 * max(smile, 0))
  const scaleY = (y: number): number => y * identity.noseLength
  return {
    tip: scaleY(0.56),
    base,
    width,
    outline: [
      [0.132, scaleY(0.048)],
      [0.168 * mix(1, identity.noseWidth, 0.5), scaleY(0.37)],
      [0.96 * width, scaleY(0.486)],
      [width, scaleY(0.645)],
      [0.56 * width, scaleY(0.692)],
      [0, base],
    ],
  }
}

function computeMouth(
  identity: Identity,
  { smile, mouthOpen }: Expression,
  { noseBase, jawDrop }: { readonly noseBase: number; readonly jawDrop: number },
): MouthCurves {
  const level = mix(noseBase, CHIN * identity.faceLength, 0.305)
  const corner = level - 0.075 * smile + 0.3 * jawDrop
  const peak = 0.275
  const upperLip = 0.118 * identity.upperLip * (1 - 0.25 * max(smile, 0))
  const lowerLip = 0.135 * identity.lowerLip * (1 - 0.15 * max(smile, 0))
  const innerCorner = 0.86
  const line = (u: number): number => mix(level + 0.012 - 0.02 * smile, corner, u * u)
  const gap = (u: number): number => max(0, 1 - (u / innerCorner) ** 2)
  const part = 0.035 * max(0, smile - 0.35)
  const innerLower = (u: number): number => line(u) + (part + jawDrop * 0.82) * gap(u)
  return {
    halfWidth: 0.41 * identity.mouthWidth * (1 + 0.2 * smile) * (1 - 0.12 * mouthOpen),
    corner,
    peak,
    innerCorner,
    upper(u) {
      const top = line(0) - part - upperLip
      if (u < peak) return mix(top + 0.034 * identity.upperLip, top, smoothstep(0, peak, u))
      const t = (u - peak) / (1 - peak)
      return mix(top, corner, t ** 1.35)
    },
    lower(u) {
      const bottom = innerLower(0) + lowerLip
      return mix(bottom, corner, abs(u) ** 2.2)
    },
    innerUpper: (u) => line(u) - part * gap(u),
    innerLower,
  }
}
