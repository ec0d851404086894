import type { Features } from './features.ts'
import { bump, clamp, mix, noise, smoothstep } from './math.ts'
import type { Color, FaceParameters } from './parameters.ts'

// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { abs, hypot, max, min, sign } = Math

/** The color of the face at a place seen from the front, before light falls on it. */
export type Skin = (x: number, y: number) => Color

const LASHES: Color = [0.08, 0.06, 0.05]
const EYE_WHITE: Color = [0.9, 0.88, 0.86]
const MOUTH: Color = [0.18, 0.06, 0.06]
const TEETH: Color = [0.88, 0.86, 0.8]
const IRIS_RADIUS = 0.1

/**
 * Paints eyes, brows, nose and lips where the {@link Features} have them.
 *
 * @param pixel a pixel's width in the face's unit: edges are as soft as that
 */
export function skinOf({ identity, expression }: FaceParameters, features: Features, pixel: number): Skin {
  const { eye, brow, mouth, nose } = features
  const { skin, lips, iris, hairColor, beard, texture } = identity
  /** 1 where `distance` is positive, 0 where it is negative, soft over a pixel. */
  const inside = (distance: number): number => clamp(0.5 + distance / pixel, 0, 1)
  const teethShown = features.mouth.innerLower(0) - features.mouth.innerUpper(0) > 0.02

  return (x, y) => {
    const side = abs(x)
    const grain = noise(x * 9, y * 9, texture) * 0.03 + noise(x * 30, y * 30, texture + 1) * 0.025
    let color: Color = [skin[0] + grain, skin[1] + grain * 0.9, skin[2] + grain * 0.8]
    const blush = bump(side, y, 0.66, 0.55, 0.25, 0.2) * 0.1
    color = blend(color, [skin[0], skin[1] * 0.72, skin[2] * 0.72], blush)

    if (beard > 0) {
      const upper = mix(nose.base + 0.12, 0.62, smoothstep(0.3, 0.95, side))
      const rough = 0.7 + 0.5 * noise(x * 26, y * 26, texture + 2)
      color = blend(color, hairColor, beard * rough * smoothstep(upper, upper + 0.18, y))
    }

    // Sockets and the shadow under the nose, which warps too little to throw its own.
    color = darker(color, 0.16 * bump(side, y, eye.center - 0.1, -0.06, 0.2, 0.09))
    color = darker(color, 0.3 * bump(side, y, 0, nose.base + 0.05, nose.width * 0.8, 0.05))
    const nostril = bump(side, y, nose.width * 0.45, nose.base - 0.045, 0.05, 0.028)
    color = blend(color, [0.12, 0.05, 0.04], clamp(nostril * 1.3, 0, 0.85))
    color = darker(color, 0.35 * wingLine(features, side, y))

    const s = (side - brow.inner) / (brow.outer - brow.inner)
    if (s > -0.1 && s < 1.1) {
      const at = clamp(s, 0, 1)
      const cover = inside(y - brow.upper(at)) * inside(brow.lower(at) + 0.012 - y) * inside((s < 0 ? s : 1 - s) * 0.6)
      const hairs = 0.82 + 0.18 * noise(x * 45, y * 18, texture + 3)
      color = blend(color, hairColor, cover * hairs)
    }

    const t = (side - eye.center) / eye.halfWidth
    if (t > -1.25 && t < 1.25) {
      const at = clamp(t, -1, 1)
      const [upper, lower] = [eye.upper(at), eye.lower(at)]
      if (t > -1 && t < 1) {
        color = darker(color, 0.22 * smoothstep(0.02, 0, abs(y - eye.crease(at))))
        const open = inside(y - upper) * inside(lower - y)
        if (open > 0) {
          const centerX = eye.center * sign(x) + expression.gazeX * 0.07
          const centerY = 0.0 + expression.gazeY * 0.035
          const radius = hypot(x - centerX, y - centerY)
          let ball = darker(EYE_WHITE, 0.3 * smoothstep(0.05, 0, y - upper) + 0.15 * abs(at))
          ball = blend(ball, iris, inside(IRIS_RADIUS - radius))
          ball = blend(ball, LASHES, inside(0.042 - radius) + 0.5 * inside(0.012 - abs(radius - IRIS_RADIUS)))
          if (hypot(x - centerX - 0.03, y - centerY + 0.035) < 0.018) ball = [1, 1, 1]
          color = blend(color, ball, open)
        }
      }
      const beyond = max(0, abs(t) - 1) * eye.halfWidth
      const lash = smoothstep(0.03 + pixel, 0.008, hypot(y - upper, beyond))
      const lowerLash = 0.4 * smoothstep(0.02 + pixel, 0.004, hypot(y - lower, beyond))
      color = blend(color, LASHES, max(lash, lowerLash) * 0.85)
    }

    const u = side / mouth.halfWidth
    if (u < 1.15) {
      const at = clamp(u, 0, 1)
      const inMouth = inside((1 - u) * mouth.halfWidth)
      const lip = inside(y - mouth.upper(at)) * inside(mouth.lower(at) - y) * inMouth
      const shine = 0.12 * bump(side, y, 0, mouth.lower(0) - 0.06, 0.15, 0.025)
      color = blend(color, [lips[0] + shine, lips[1] + shine, lips[2] + shine], lip)
      if (u < mouth.innerCorner) {
        const gap = inside(y - mouth.innerUpper(u)) * inside(mouth.innerLower(u) - y)
        const teeth = teethShown && y < mouth.innerUpper(u) + 0.09 ? 1 : 0
        color = blend(color, teeth > 0 ? darker(TEETH, 0.35 * u) : MOUTH, gap)
      }
      const line = min(abs(y - mouth.innerUpper(at)), abs(y - mouth.innerLower(at)))
      color = blend(color, MOUTH, 0.75 * smoothstep(0.016 + pixel, 0.003, line) * inMouth)
    }
    return color
  }
}

/** Near the edge of the nose's wing, from its top around to the base: 0 to 1. */
function wingLine({ nose }: Features, side: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY
  for (let i = 1; i < 5; i++) {
    const [[x0, y0], [x1, y1]] = [nose.outline[i], nose.outline[i + 1]] as [[number, number], [number, number]]
    const share = clamp(((side - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
    const distance = hypot(side - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))
    nearest = min(nearest, i === 1 ? distance * (3 - 2 * share) : distance)
  }
  return smoothstep(0.04, 0, nearest)
}

function blend(a: Color, b: Color, share: number): Color {
  if (share <= 0) return a
  const part = min(1, share)
  return [mix(a[0], b[0], part), mix(a[1], b[1], part), mix(a[2], b[2], part)]
}

function darker(color: Color, share: number): Color {
  return share <= 0 ? color : [color[0] * (1 - share), color[1] * (1 - share), color[2] * (1 - share)]
}
