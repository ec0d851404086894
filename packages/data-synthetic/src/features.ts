import { clamp, mix, smoothstep } from './math.ts'
import type { FaceParameters } from './parameters.ts'

// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { abs, max, min, sqrt } = Math

/**
 * The lines of a face, each a function in the plane seen from the front: unit the distance between the eyes' centers of
 * an average face, origin midway between them, x to the picture's right, y down. A face is symmetric, so x is given as
 * its distance from the middle. Points and picture are both taken from these functions, so they agree exactly.
 *
 * The averages are near those of grown-up faces seen from the front.
 */
export interface Features {
  readonly chin: number
  /** How far the chin has dropped. */
  readonly drop: number
  /** t runs from -1 (inner corner) to 1 (outer corner). */
  readonly eye: {
    readonly center: number
    readonly halfWidth: number
    upper(t: number): number
    lower(t: number): number
    /** Upper lid of the same eye when open: the crease follows it. */
    crease(t: number): number
  }
  /** s runs from 0 (inner end) to 1 (outer end). */
  readonly brow: { readonly inner: number; readonly outer: number; upper(s: number): number; lower(s: number): number }
  /** u runs from 0 (middle) to 1 (corner); the inner lips meet at `innerCorner`. */
  readonly mouth: {
    readonly halfWidth: number
    readonly corner: number
    readonly peak: number
    readonly innerCorner: number
    upper(u: number): number
    lower(u: number): number
    innerUpper(u: number): number
    innerLower(u: number): number
  }
  readonly nose: {
    readonly tip: number
    readonly base: number
    readonly width: number
    /** From beside the bridge down around the wing to the middle of the base: x and y by turns. */
    readonly outline: readonly (readonly [x: number, y: number])[]
  }
}

export function featuresOf({ identity, expression }: FaceParameters): Features {
  const { smile, mouthOpen, browRaise, blink } = expression
  const drop = 0.3 * mouthOpen
  const length = identity.faceLength
  const chin = 1.858 * length + drop

  const eyeCenter = 0.494 * identity.eyeSpacing
  const eyeHalfWidth = 0.229 * identity.eyeWidth
  const eyeLine = (t: number): number => 0.012 - (identity.eyeTilt / 2) * t
  const closing = 1 - blink
  const lidHeight = 0.118 * identity.eyeHeight
  const open = (t: number): number => lidHeight * (1 - t * t) * (1 - 0.18 * t)
  // Shut lids meet on the lower one, where the eye stays put.
  const lower = (t: number): number =>
    eyeLine(t) + (0.062 * identity.eyeHeight - 0.012 * max(smile, 0)) * (1 - abs(t) ** 2.6)
  const upper = (t: number): number => mix(lower(t), eyeLine(t) - open(t), closing)

  const browInner = 0.2 * identity.eyeSpacing
  const browOuter = eyeCenter + 0.41 * identity.eyeWidth
  const browLift = -0.235 * (identity.browHeight - 1) - 0.11 * browRaise
  const browEnds = (s: number): number => mix(-0.235, -0.165, s) + browLift
  const browShape = (s: number): number => sqrt(max(0, 4 * s * (1 - s))) * (1 + 0.12 * (s - 0.5))
  const browTop = 0.165 * identity.browArch
  const browDepth = (s: number): number => min(0.155, 0.105 * identity.browThickness) * (1 - 0.45 * s)

  const noseBase = 0.724 * identity.noseLength
  const noseWidth = 0.275 * identity.noseWidth * (1 + 0.06 * max(smile, 0))
  const onNose = (y: number): number => y * identity.noseLength

  const mouthLevel = mix(noseBase, 1.858 * length, 0.305)
  const mouthHalfWidth = 0.41 * identity.mouthWidth * (1 + 0.2 * smile) * (1 - 0.12 * mouthOpen)
  const corner = mouthLevel - 0.075 * smile + 0.3 * drop
  const peak = 0.275
  const upperLip = 0.118 * identity.upperLip * (1 - 0.25 * max(smile, 0))
  const lowerLip = 0.135 * identity.lowerLip * (1 - 0.15 * max(smile, 0))
  const innerCorner = 0.86
  const line = (u: number): number => mix(mouthLevel + 0.012 - 0.02 * smile, corner, u * u)
  const gap = (u: number): number => max(0, 1 - (u / innerCorner) ** 2)
  const part = 0.035 * max(0, smile - 0.35)
  const innerUpper = (u: number): number => line(u) - part * gap(u)
  const innerLower = (u: number): number => line(u) + (part + drop * 0.82) * gap(u)
  const mouthUpper = (u: number): number => {
    const top = line(0) - part - upperLip
    if (u < peak) return mix(top + 0.034 * identity.upperLip, top, smoothstep(0, peak, u))
    const t = (u - peak) / (1 - peak)
    return mix(top, corner, t ** 1.35)
  }
  const mouthLower = (u: number): number => {
    const bottom = innerLower(0) + lowerLip
    return mix(bottom, corner, abs(u) ** 2.2)
  }

  return {
    chin,
    drop,
    eye: {
      center: eyeCenter,
      halfWidth: eyeHalfWidth,
      upper,
      lower,
      crease: (t) => eyeLine(t) - open(clamp(t, -1, 1)) * 1.15 - 0.045,
    },
    brow: {
      inner: browInner,
      outer: browOuter,
      upper: (s) => browEnds(s) - browTop * browShape(s),
      lower: (s) => browEnds(s) - max(0, browTop - browDepth(s)) * browShape(s),
    },
    mouth: {
      halfWidth: mouthHalfWidth,
      corner,
      peak,
      innerCorner,
      upper: mouthUpper,
      lower: mouthLower,
      innerUpper,
      innerLower,
    },
    nose: {
      tip: onNose(0.56),
      base: noseBase,
      width: noseWidth,
      outline: [
        [0.132, onNose(0.048)],
        [0.168 * mix(1, identity.noseWidth, 0.5), onNose(0.37)],
        [0.96 * noseWidth, onNose(0.486)],
        [noseWidth, onNose(0.645)],
        [0.56 * noseWidth, onNose(0.692)],
        [0, noseBase],
      ],
    },
  }
}
