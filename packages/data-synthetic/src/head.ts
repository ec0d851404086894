import type { Features } from './features.ts'
import { bump, clamp, smoothstep } from './math.ts'
import type { FaceParameters } from './parameters.ts'

// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { abs, asin, cos, exp, hypot, max, sin } = Math

/** A place in space: x to the picture's right, y down, z toward the camera. */
export type Point3 = readonly [x: number, y: number, z: number]

/**
 * The head's surface. Each height holds a half ellipse to the front and one to the back; where the two meet, at the
 * angles -90 and 90 degrees, the outline runs, which below the ears is the jaw's edge.
 */
export interface Head {
  readonly top: number
  readonly chin: number
  /** The surface at height y and angle (0 in front, pi / 2 at the picture's right). */
  at(y: number, angle: number): Point3
  /** The same without nose, lips and sockets, moved out by a thickness: where hair lies. */
  shell(y: number, angle: number, thickness: number): Point3
  /** The point in front that is seen at (x, y). */
  lift(x: number, y: number): Point3
  /** Half the head's width at height y. */
  halfWidth(y: number): number
}

// Height, half width, depth of the outline, extent to the front and to the back of it.
const PROFILE: readonly (readonly [y: number, width: number, edge: number, front: number, back: number])[] = [
  [-1.64, 0, -0.3, 0, 0],
  [-1.6, 0.34, -0.28, 0.4, 0.45],
  [-1.5, 0.57, -0.24, 0.64, 0.7],
  [-1.3, 0.8, -0.16, 0.86, 0.95],
  [-1.0, 0.965, -0.06, 1.05, 1.2],
  [-0.55, 1.065, 0, 1.16, 1.35],
  [0, 1.085, 0, 1.12, 1.3],
  [0.45, 1.065, 0, 1.1, 1.1],
  [0.79, 1.025, 0, 1.08, 0.85],
  [1.04, 0.97, 0.06, 1, 0.55],
  [1.29, 0.872, 0.2, 0.87, 0.4],
  [1.52, 0.715, 0.42, 0.66, 0.3],
  [1.7, 0.525, 0.64, 0.47, 0.28],
  [1.81, 0.315, 0.8, 0.33, 0.2],
  [1.845, 0.16, 0.89, 0.24, 0.14],
  [1.858, 0, 0.93, 0.19, 0.1],
]

export function getHead({ identity, expression }: FaceParameters, features: Features): Head {
  const { faceWidth, faceLength, jawWidth, chinWidth, noseDepth } = identity
  const { eye, mouth, nose, drop } = features
  const ys: number[] = []
  const rows = PROFILE.map(([y, width, edge, front, back]) => {
    // Open jaws drop from the mouth down.
    ys.push(y > 0 ? y * faceLength + drop * smoothstep(0.95, 1.858, y) : y)
    const jaw = 1 + (jawWidth - 1) * smoothstep(0.4, 1.2, y) + (chinWidth - 1) * 0.4 * smoothstep(1.4, 1.8, y)
    return [width * faceWidth * jaw, edge, front, back] as const
  })
  const [width, edge, front, back] = [0, 1, 2, 3].map((column) =>
    rememberLast(
      monotoneCubic(
        ys,
        rows.map((row) => row[column] as number),
      ),
    ),
  ) as [Curve, Curve, Curve, Curve]
  const top = ys[0] as number
  const chin = ys.at(-1) as number

  const lipLevel = (mouth.innerUpper(0) + mouth.innerLower(0)) / 2
  const smiling = max(0, expression.smile)
  const relief = (x: number, y: number): number => {
    const side = abs(x)
    if (side > 1 || y < -0.7) return 0
    // Ridge: from the bridge to the tip, then in to the base.
    const t = y / nose.tip
    const ridge =
      t < 1
        ? 0.075 * smoothstep(-0.6, 0.1, t) + 0.37 * clamp(t, 0, 1) ** 1.5
        : 0.445 * (1 - smoothstep(nose.tip, nose.base + 0.07, y))
    const spread = 0.095 + 0.045 * clamp(t, 0, 1) + 0.03 * bump(0, y, 0, nose.tip, 1, 0.1)
    let z = noseDepth * ridge * exp(-0.5 * (side / spread) ** 2)
    z += 0.15 * noseDepth * bump(side, y, 0.62 * nose.width, nose.tip + 0.035, 0.27 * nose.width, 0.075)
    z -= 0.1 * bump(side, y, eye.center * 0.9, -0.02, 0.27, 0.16)
    z += 0.055 * bump(side, y, eye.center, 0, 0.17, 0.12)
    z += 0.05 * bump(side, y, 0.45, -0.3, 0.35, 0.1)
    z += 0.05 * bump(side, y, 0.66, 0.5 - 0.08 * smiling, 0.25, 0.22) * (1 + 1.2 * smiling)
    z += 0.09 * bump(side, y, 0, lipLevel, 0.3, 0.2)
    z += 0.035 * bump(side, y, 0, (mouth.upper(0) + mouth.innerUpper(0)) / 2, 0.26, 0.05)
    z += 0.045 * bump(side, y, 0, (mouth.lower(0) + mouth.innerLower(0)) / 2, 0.22, 0.055)
    z -= 0.05 * bump(side, y, 0, mouth.lower(0) + 0.07, 0.25, 0.05)
    z -= 0.03 * bump(side, y, mouth.halfWidth + 0.05, mouth.corner, 0.07, 0.08)
    z += 0.09 * bump(side, y, 0, chin - 0.27, 0.25, 0.13)
    return z
  }

  const at = (y: number, angle: number): Point3 => {
    const facing = cos(angle)
    const x = width(y) * sin(angle)
    if (facing < 0) return [x, y, edge(y) + back(y) * facing]
    const flat = facing ** 0.85
    return [x, y, edge(y) + front(y) * flat + relief(x, y) * smoothstep(0, 0.45, facing)]
  }
  return {
    top,
    chin,
    at,
    halfWidth: width,
    shell(y, angle, thickness) {
      const facing = cos(angle)
      const across = width(y)
      const deep = facing < 0 ? back(y) : front(y)
      const x = across * sin(angle)
      const z = edge(y) + deep * (facing < 0 ? facing : facing ** 0.85)
      // Outwards: along the ellipsoid's normal, nearly.
      const up = y / 1.7
      const length = hypot(x, y < 0 ? up : 0, z) || 1
      return [x + (thickness * x) / length, y + (y < 0 ? (thickness * up) / length : 0), z + (thickness * z) / length]
    },
    lift(x, y) {
      const across = width(y)
      return at(y, across > 0 ? asin(clamp(x / across, -1, 1)) : 0)
    },
  }
}

type Curve = (y: number) => number

/** The same function, quick for the one place that was asked for last: a row of the surface asks for one height many times. */
function rememberLast(curve: Curve): Curve {
  let [place, value] = [Number.NaN, Number.NaN]
  return (y) => {
    if (y !== place) [place, value] = [y, curve(y)]
    return value
  }
}

/** Piecewise cubic through the points that never overshoots them (Fritsch and Carlson 1980). */
export function monotoneCubic(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  const last = xs.length - 1
  const steps = xs.slice(1).map((x, i) => x - (xs[i] as number))
  const slopes = ys.slice(1).map((y, i) => (y - (ys[i] as number)) / (steps[i] as number))
  const tangents = xs.map((_, i) => {
    if (i === 0) return slopes[0] as number
    if (i === last) return slopes[last - 1] as number
    const [before, after] = [slopes[i - 1] as number, slopes[i] as number]
    if (before * after <= 0) return 0
    const [h0, h1] = [steps[i - 1] as number, steps[i] as number]
    return (3 * (h0 + h1)) / ((2 * h1 + h0) / before + (h1 + 2 * h0) / after)
  })
  return (x) => {
    if (x <= (xs[0] as number)) return ys[0] as number
    if (x >= (xs[last] as number)) return ys[last] as number
    let i = 0
    while ((xs[i + 1] as number) < x) i++
    const h = steps[i] as number
    const t = (x - (xs[i] as number)) / h
    const [t2, t3] = [t * t, t * t * t]
    return (
      (2 * t3 - 3 * t2 + 1) * (ys[i] as number) +
      (t3 - 2 * t2 + t) * h * (tangents[i] as number) +
      (-2 * t3 + 3 * t2) * (ys[i + 1] as number) +
      (t3 - t2) * h * (tangents[i + 1] as number)
    )
  }
}
