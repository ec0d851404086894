import type { Features } from './features.ts'
import { clamp, smoothstep } from './math.ts'
import { monotoneCubic } from './monotone-cubic.ts'
import type { FaceParameters } from './parameters.ts'
import { createRelief } from './relief.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { asin, cos, hypot, sin } = Math

/** A point in space, in the unit of {@link Features}: x to the right of the image, y down, z toward the camera. */
export type Point3 = readonly [x: number, y: number, z: number]

/**
 * The surface of the head. Its section at each height is half an ellipse to the front and half an ellipse to the back. They meet at
 * the angles -90 and 90 degrees, where the outline of the head runs: below the ears that is the edge of the jaw.
 */
export interface Head {
  readonly top: number
  readonly chin: number
  /** Point of the surface at height y and angle (0: front, pi / 2: right of the image). */
  surfaceAt(y: number, angle: number): Point3
  /** Point at a distance above the surface without nose, lips and sockets: where hair lies. */
  shellAt(y: number, angle: number, thickness: number): Point3
  /** Point on the front of the surface that is seen at (x, y). */
  lift(x: number, y: number): Point3
  /** Half the width of the head at height y. */
  halfWidth(y: number): number
}

// Height, half width, depth of the outline, extent in front of it and behind it.
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

/** Creates the head of a person with an expression. */
export function createHead(parameters: FaceParameters, features: Features): Head {
  const { width, edge, front, back, top, chin } = createProfile(parameters, features)
  const relief = createRelief(parameters, features, chin)

  const surfaceAt = (y: number, angle: number): Point3 => {
    const facing = cos(angle)
    const x = width(y) * sin(angle)
    if (facing < 0) return [x, y, edge(y) + back(y) * facing]
    const flat = facing ** 0.85
    return [x, y, edge(y) + front(y) * flat + relief(x, y) * smoothstep(0, 0.45, facing)]
  }
  return {
    top,
    chin,
    surfaceAt,
    halfWidth: width,
    shellAt(y, angle, thickness) {
      const facing = cos(angle)
      const across = width(y)
      const deep = facing < 0 ? back(y) : front(y)
      const x = across * sin(angle)
      const z = edge(y) + deep * (facing < 0 ? facing : facing ** 0.85)
      // Outward, approximately along the normal of the ellipsoid.
      const up = y / 1.7
      const length = hypot(x, y < 0 ? up : 0, z) || 1
      return [x + (thickness * x) / length, y + (y < 0 ? (thickness * up) / length : 0), z + (thickness * z) / length]
    },
    lift(x, y) {
      const across = width(y)
      return surfaceAt(y, across > 0 ? asin(clamp(x / across, -1, 1)) : 0)
    },
  }
}

type Curve = (y: number) => number

interface Profile {
  readonly top: number
  readonly chin: number
  readonly width: Curve
  readonly edge: Curve
  readonly front: Curve
  readonly back: Curve
}

/** Scales the average profile to a person and lowers the jaw of an open mouth. */
function createProfile({ identity }: FaceParameters, { jawDrop }: Features): Profile {
  const { faceWidth, faceLength, jawWidth, chinWidth } = identity
  const ys = PROFILE.map(([y]) => (y > 0 ? y * faceLength + jawDrop * smoothstep(0.95, 1.858, y) : y))
  const widths = PROFILE.map(([y, width]) => {
    const jaw = 1 + (jawWidth - 1) * smoothstep(0.4, 1.2, y) + (chinWidth - 1) * 0.4 * smoothstep(1.4, 1.8, y)
    return width * faceWidth * jaw
  })
  const createCurve = (values: readonly number[]): Curve => memoizeLast(monotoneCubic(ys, values))
  return {
    top: ys[0] as number,
    chin: ys.at(-1) as number,
    width: createCurve(widths),
    edge: createCurve(PROFILE.map(([, , edge]) => edge)),
    front: createCurve(PROFILE.map(([, , , front]) => front)),
    back: createCurve(PROFILE.map(([, , , , back]) => back)),
  }
}

/** Caches the last value of a curve: a row of the surface evaluates one height many times. */
function memoizeLast(curve: Curve): Curve {
  let lastY = Number.NaN
  let lastValue = Number.NaN
  return (y) => {
    if (y !== lastY) {
      lastY = y
      lastValue = curve(y)
    }
    return lastValue
  }
}
