import { blendColor, darken, type Paint, setColor } from './color.ts'
import type { Features } from './features.ts'
import { bump, clamp, mix, smoothstep, valueNoise } from './math.ts'
import type { Color, FaceParameters } from './parameters.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, hypot, max, min, sign } = Math

/** Paints one part of the face, at a point seen from the front, over the color below it. */
type Layer = (color: Paint, x: number, y: number) => void

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
const REFLECTION: Color = [1, 1, 1]
const IRIS_RADIUS = 0.1

/**
 * Creates the layers of the face over plain skin, before lighting: eyes, brows, nose and lips at the curves of the features.
 *
 * @param pixel width of a pixel in the unit of the features: edges are antialiased over that width
 */
export function createSkin({ identity, expression }: FaceParameters, features: Features, pixel: number): Layer {
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
  return (color, x, y) => {
    for (const paint of layers) paint(color, x, y)
  }
}

/** Creates grain and blush. */
function createComplexion({ identity: { skin, texture } }: LayerContext): Layer {
  const rosy: Color = [skin[0], skin[1] * 0.72, skin[2] * 0.72]
  return (color, x, y) => {
    const grain = valueNoise(x * 9, y * 9, texture) * 0.03 + valueNoise(x * 30, y * 30, texture + 1) * 0.025
    color[0] = skin[0] + grain
    color[1] = skin[1] + grain * 0.9
    color[2] = skin[2] + grain * 0.8
    blendColor(color, rosy, bump(abs(x) - 0.66, y - 0.55, 0.25, 0.2) * 0.1)
  }
}

function createBeard({ identity, features: { nose } }: LayerContext): Layer {
  const { beard, hairColor, texture } = identity
  return (color, x, y) => {
    if (beard <= 0) return
    const upper = mix(nose.base + 0.12, 0.62, smoothstep(0.3, 0.95, abs(x)))
    if (y <= upper) return
    const roughness = 0.7 + 0.5 * valueNoise(x * 26, y * 26, texture + 2)
    blendColor(color, hairColor, beard * roughness * smoothstep(upper, upper + 0.18, y))
  }
}

/** Shadows of the sockets and of the nose, whose relief is too flat to cast its own, and the nostrils. */
function createShadows({ features }: LayerContext): Layer {
  const { eye, nose } = features
  return (color, x, y) => {
    const side = abs(x)
    darken(color, 0.16 * bump(side - (eye.center - 0.1), y + 0.06, 0.2, 0.09))
    darken(color, 0.3 * bump(side, y - (nose.base + 0.05), nose.width * 0.8, 0.05))
    const nostril = bump(side - nose.width * 0.45, y - (nose.base - 0.045), 0.05, 0.028)
    blendColor(color, NOSTRIL, clamp(nostril * 1.3, 0, 0.85))
    darken(color, 0.35 * noseWingShadow(features, side, y))
  }
}

/** Width of the shadow along the nose's wing. */
const WING_SHADOW = 0.04

/** Computes the shadow along the edge of the nose's wing, from its top around to the base: 0 to 1. */
function noseWingShadow({ nose }: Features, side: number, y: number): number {
  const [, top] = nose.outline[1] as readonly [number, number]
  if (side > nose.width + WING_SHADOW || y < top - WING_SHADOW || y > nose.base + WING_SHADOW) return 0
  let nearest = Number.POSITIVE_INFINITY
  for (let i = 1; i < 5; i++) {
    const [x0, y0] = nose.outline[i] as readonly [number, number]
    const [x1, y1] = nose.outline[i + 1] as readonly [number, number]
    const share = clamp(((side - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
    const distance = hypot(side - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))
    nearest = min(nearest, i === 1 ? distance * (3 - 2 * share) : distance)
  }
  return smoothstep(WING_SHADOW, 0, nearest)
}

function createBrows({ identity, features: { brow }, pixel, coverage }: LayerContext): Layer {
  const { hairColor, texture } = identity
  const band = findBand([brow.upper, brow.lower], { from: 0, to: 1, margin: 0.012 + pixel })
  return (color, x, y) => {
    if (y < band.top || y > band.bottom) return
    const s = (abs(x) - brow.inner) / (brow.outer - brow.inner)
    if (s <= -0.1 || s >= 1.1) return
    const clamped = clamp(s, 0, 1)
    const ends = coverage((s < 0 ? s : 1 - s) * 0.6)
    const cover = coverage(y - brow.upper(clamped)) * coverage(brow.lower(clamped) + 0.012 - y) * ends
    const hairs = 0.82 + 0.18 * valueNoise(x * 45, y * 18, texture + 3)
    blendColor(color, hairColor, cover * hairs)
  }
}

/** Creates eyeball, crease of the lid and lashes. */
function createEyes(context: LayerContext): Layer {
  const { features, pixel, coverage } = context
  const { eye } = features
  const eyeball = createEyeball(context)
  const band = findBand([eye.upper, eye.lower, eye.crease], { from: -1, to: 1, margin: 0.03 + pixel })
  const white = new Float64Array(3)
  return (color, x, y) => {
    if (y < band.top || y > band.bottom) return
    const t = (abs(x) - eye.center) / eye.halfWidth
    if (t <= -1.25 || t >= 1.25) return
    const clamped = clamp(t, -1, 1)
    const upper = eye.upper(clamped)
    const lower = eye.lower(clamped)
    if (t > -1 && t < 1) {
      darken(color, 0.22 * smoothstep(0.02, 0, abs(y - eye.crease(clamped))))
      const open = coverage(y - upper) * coverage(lower - y)
      const shadow = 0.3 * smoothstep(0.05, 0, y - upper) + 0.15 * abs(clamped)
      if (open > 0) {
        setColor(white, EYE_WHITE)
        darken(white, shadow)
        eyeball(white, x, y)
        blendColor(color, white, open)
      }
    }
    const beyond = max(0, abs(t) - 1) * eye.halfWidth
    const lash = smoothstep(0.03 + pixel, 0.008, hypot(y - upper, beyond))
    const lowerLash = 0.4 * smoothstep(0.02 + pixel, 0.004, hypot(y - lower, beyond))
    blendColor(color, LASHES, max(lash, lowerLash) * 0.85)
  }
}

/** Creates iris, pupil and reflection over the white of the eye. */
function createEyeball({ identity, expression, features: { eye }, coverage }: LayerContext): Layer {
  return (color, x, y) => {
    const centerX = eye.center * sign(x) + expression.gazeX * 0.07
    const centerY = expression.gazeY * 0.035
    if (hypot(x - centerX - 0.03, y - centerY + 0.035) < 0.018) {
      setColor(color, REFLECTION)
      return
    }
    const radius = hypot(x - centerX, y - centerY)
    blendColor(color, identity.iris, coverage(IRIS_RADIUS - radius))
    blendColor(color, LASHES, coverage(0.042 - radius) + 0.5 * coverage(0.012 - abs(radius - IRIS_RADIUS)))
  }
}

/** Creates the lips, and the teeth of an open mouth. */
function createMouth({ identity, features: { mouth }, pixel, coverage }: LayerContext): Layer {
  const { lips } = identity
  const showsTeeth = mouth.innerLower(0) - mouth.innerUpper(0) > 0.02
  const curves = [mouth.upper, mouth.lower, mouth.innerUpper, mouth.innerLower]
  const band = findBand(curves, { from: 0, to: 1, margin: 0.016 + pixel })
  const tooth = new Float64Array(3)
  return (color, x, y) => {
    if (y < band.top || y > band.bottom) return
    const side = abs(x)
    const u = side / mouth.halfWidth
    if (u >= 1.15) return
    const clamped = clamp(u, 0, 1)
    const inMouth = coverage((1 - u) * mouth.halfWidth)
    const lip = coverage(y - mouth.upper(clamped)) * coverage(mouth.lower(clamped) - y) * inMouth
    const shine = 0.12 * bump(side, y - (mouth.lower(0) - 0.06), 0.15, 0.025)
    if (lip > 0) blendColor(color, [lips[0] + shine, lips[1] + shine, lips[2] + shine], lip)
    if (u < mouth.innerCorner) {
      const gap = coverage(y - mouth.innerUpper(u)) * coverage(mouth.innerLower(u) - y)
      const isTooth = showsTeeth && y < mouth.innerUpper(u) + 0.09
      setColor(tooth, TEETH, 1 - 0.35 * u)
      blendColor(color, isTooth ? tooth : MOUTH, gap)
    }
    const line = min(abs(y - mouth.innerUpper(clamped)), abs(y - mouth.innerLower(clamped)))
    blendColor(color, MOUTH, 0.75 * smoothstep(0.016 + pixel, 0.003, line) * inMouth)
  }
}

/** Points at which a curve is evaluated to find its band. */
const BAND_POINTS = 64

/**
 * Finds the heights between which curves lie, so that a layer does not compute pixels that it leaves as they are.
 *
 * @param range of the curves' parameter; the margin is what the layer paints beyond them
 */
function findBand(
  curves: readonly ((parameter: number) => number)[],
  { from, to, margin }: { readonly from: number; readonly to: number; readonly margin: number },
): { readonly top: number; readonly bottom: number } {
  const heights = curves.flatMap((curve) =>
    Array.from({ length: BAND_POINTS + 1 }, (_, i) => curve(mix(from, to, i / BAND_POINTS))),
  )
  return { top: min(...heights) - margin, bottom: max(...heights) + margin }
}
