import type { Features } from './features.ts'
import { bump, clamp, mix, smoothstep, valueNoise } from './math.ts'
import type { Color, FaceParameters } from './parameters.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, hypot, max, min, sign } = Math

/** Color of the face at a point seen from the front, before lighting. */
export type Skin = (x: number, y: number) => Color

/** Paints one part of the face over the color below it. */
type Layer = (color: Color, x: number, y: number) => Color

interface LayerContext extends Pick<FaceParameters, 'identity' | 'expression'> {
  readonly features: Features
  /** Width of a pixel in the unit of the features. */
  readonly pixel: number
  /** Coverage of a pixel at a signed distance from an edge: 1 inside, 0 outside, linear across one pixel. */
  readonly coverage: (distance: number) => number
}

const LASHES: Color = [0.08, 0.06, 0.05]
const EYE_WHITE: Color = [0.9, 0.88, 0.86]
const MOUTH: Color = [0.18, 0.06, 0.06]
const TEETH: Color = [0.88, 0.86, 0.8]
const NOSTRIL: Color = [0.12, 0.05, 0.04]
const IRIS_RADIUS = 0.1

/**
 * Creates the skin with eyes, brows, nose and lips at the curves of the features.
 *
 * @param pixel width of a pixel in the unit of the features: edges are antialiased over that width
 */
export function createSkin({ identity, expression }: FaceParameters, features: Features, pixel: number): Skin {
  const coverage = (distance: number): number => clamp(0.5 + distance / pixel, 0, 1)
  const context: LayerContext = { identity, expression, features, pixel, coverage }
  const layers = [
    createComplexion(context),
    createBeard(context),
    createShadows(context),
    createBrows(context),
    createEyes(context),
    createMouth(context),
  ]
  return (x, y) => {
    let color = identity.skin
    for (const paint of layers) color = paint(color, x, y)
    return color
  }
}

/** Creates grain and blush. */
function createComplexion({ identity: { texture } }: LayerContext): Layer {
  return (skin, x, y) => {
    const grain = valueNoise(x * 9, y * 9, texture) * 0.03 + valueNoise(x * 30, y * 30, texture + 1) * 0.025
    const color: Color = [skin[0] + grain, skin[1] + grain * 0.9, skin[2] + grain * 0.8]
    const blush = bump(abs(x) - 0.66, y - 0.55, 0.25, 0.2) * 0.1
    return blend(color, [skin[0], skin[1] * 0.72, skin[2] * 0.72], blush)
  }
}

function createBeard({ identity, features: { nose } }: LayerContext): Layer {
  const { beard, hairColor, texture } = identity
  return (color, x, y) => {
    if (beard <= 0) return color
    const upper = mix(nose.base + 0.12, 0.62, smoothstep(0.3, 0.95, abs(x)))
    const roughness = 0.7 + 0.5 * valueNoise(x * 26, y * 26, texture + 2)
    return blend(color, hairColor, beard * roughness * smoothstep(upper, upper + 0.18, y))
  }
}

/** Shadows of the sockets and of the nose, whose relief is too flat to cast its own, and the nostrils. */
function createShadows({ features }: LayerContext): Layer {
  const { eye, nose } = features
  return (skin, x, y) => {
    const side = abs(x)
    let color = darken(skin, 0.16 * bump(side - (eye.center - 0.1), y + 0.06, 0.2, 0.09))
    color = darken(color, 0.3 * bump(side, y - (nose.base + 0.05), nose.width * 0.8, 0.05))
    const nostril = bump(side - nose.width * 0.45, y - (nose.base - 0.045), 0.05, 0.028)
    color = blend(color, NOSTRIL, clamp(nostril * 1.3, 0, 0.85))
    return darken(color, 0.35 * noseWingShadow(features, side, y))
  }
}

/** Computes the shadow along the edge of the nose's wing, from its top around to the base: 0 to 1. */
function noseWingShadow({ nose }: Features, side: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY
  for (let i = 1; i < 5; i++) {
    const [x0, y0] = nose.outline[i] as readonly [number, number]
    const [x1, y1] = nose.outline[i + 1] as readonly [number, number]
    const share = clamp(((side - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
    const distance = hypot(side - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))
    nearest = min(nearest, i === 1 ? distance * (3 - 2 * share) : distance)
  }
  return smoothstep(0.04, 0, nearest)
}

function createBrows({ identity, features: { brow }, coverage }: LayerContext): Layer {
  const { hairColor, texture } = identity
  return (color, x, y) => {
    const s = (abs(x) - brow.inner) / (brow.outer - brow.inner)
    if (s <= -0.1 || s >= 1.1) return color
    const clamped = clamp(s, 0, 1)
    const ends = coverage((s < 0 ? s : 1 - s) * 0.6)
    const cover = coverage(y - brow.upper(clamped)) * coverage(brow.lower(clamped) + 0.012 - y) * ends
    const hairs = 0.82 + 0.18 * valueNoise(x * 45, y * 18, texture + 3)
    return blend(color, hairColor, cover * hairs)
  }
}

/** Creates eyeball, crease of the lid and lashes. */
function createEyes(context: LayerContext): Layer {
  const { features, pixel, coverage } = context
  const { eye } = features
  const eyeball = createEyeball(context)
  return (skin, x, y) => {
    const t = (abs(x) - eye.center) / eye.halfWidth
    if (t <= -1.25 || t >= 1.25) return skin
    let color = skin
    const clamped = clamp(t, -1, 1)
    const upper = eye.upper(clamped)
    const lower = eye.lower(clamped)
    if (t > -1 && t < 1) {
      color = darken(color, 0.22 * smoothstep(0.02, 0, abs(y - eye.crease(clamped))))
      const open = coverage(y - upper) * coverage(lower - y)
      const shadow = 0.3 * smoothstep(0.05, 0, y - upper) + 0.15 * abs(clamped)
      if (open > 0) color = blend(color, eyeball(darken(EYE_WHITE, shadow), x, y), open)
    }
    const beyond = max(0, abs(t) - 1) * eye.halfWidth
    const lash = smoothstep(0.03 + pixel, 0.008, hypot(y - upper, beyond))
    const lowerLash = 0.4 * smoothstep(0.02 + pixel, 0.004, hypot(y - lower, beyond))
    return blend(color, LASHES, max(lash, lowerLash) * 0.85)
  }
}

/** Creates iris, pupil and reflection over the white of the eye. */
function createEyeball({ identity, expression, features: { eye }, coverage }: LayerContext): Layer {
  return (white, x, y) => {
    const centerX = eye.center * sign(x) + expression.gazeX * 0.07
    const centerY = expression.gazeY * 0.035
    if (hypot(x - centerX - 0.03, y - centerY + 0.035) < 0.018) return [1, 1, 1]
    const radius = hypot(x - centerX, y - centerY)
    const iris = blend(white, identity.iris, coverage(IRIS_RADIUS - radius))
    return blend(iris, LASHES, coverage(0.042 - radius) + 0.5 * coverage(0.012 - abs(radius - IRIS_RADIUS)))
  }
}

/** Creates the lips, and the teeth of an open mouth. */
function createMouth({ identity, features: { mouth }, pixel, coverage }: LayerContext): Layer {
  const { lips } = identity
  const showsTeeth = mouth.innerLower(0) - mouth.innerUpper(0) > 0.02
  return (skin, x, y) => {
    const side = abs(x)
    const u = side / mouth.halfWidth
    if (u >= 1.15) return skin
    const clamped = clamp(u, 0, 1)
    const inMouth = coverage((1 - u) * mouth.halfWidth)
    const lip = coverage(y - mouth.upper(clamped)) * coverage(mouth.lower(clamped) - y) * inMouth
    const shine = 0.12 * bump(side, y - (mouth.lower(0) - 0.06), 0.15, 0.025)
    let color = blend(skin, [lips[0] + shine, lips[1] + shine, lips[2] + shine], lip)
    if (u < mouth.innerCorner) {
      const gap = coverage(y - mouth.innerUpper(u)) * coverage(mouth.innerLower(u) - y)
      const isTooth = showsTeeth && y < mouth.innerUpper(u) + 0.09
      color = blend(color, isTooth ? darken(TEETH, 0.35 * u) : MOUTH, gap)
    }
    const line = min(abs(y - mouth.innerUpper(clamped)), abs(y - mouth.innerLower(clamped)))
    return blend(color, MOUTH, 0.75 * smoothstep(0.016 + pixel, 0.003, line) * inMouth)
  }
}

function blend(a: Color, b: Color, share: number): Color {
  if (share <= 0) return a
  const fraction = min(1, share)
  return [mix(a[0], b[0], fraction), mix(a[1], b[1], fraction), mix(a[2], b[2], fraction)]
}

function darken(color: Color, share: number): Color {
  return share <= 0 ? color : [color[0] * (1 - share), color[1] * (1 - share), color[2] * (1 - share)]
}
