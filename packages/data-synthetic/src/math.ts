// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { exp, floor, imul, max, min } = Math

/** Computes a smooth Hermite step: 0 below `edge0`, 1 above `edge1` (GLSL's `smoothstep`). */
export function smoothstep(edge0: number, edge1: number, value: number): number {
  const t = min(1, max(0, (value - edge0) / (edge1 - edge0)))
  return ease(t)
}

export function clamp(value: number, low: number, high: number): number {
  return min(max(value, low), high)
}

/** Interpolates linearly: `a` at fraction 0, `b` at fraction 1. */
export function mix(a: number, b: number, fraction: number): number {
  return a + (b - a) * fraction
}

/** Computes a Gaussian of height 1 at offset (0, 0); 0 beyond 4.2 standard deviations. */
export function bump(dx: number, dy: number, sigmaX: number, sigmaY: number): number {
  const u = dx / sigmaX
  const v = dy / sigmaY
  const exponent = u * u + v * v
  return exponent > 18 ? 0 : exp(-0.5 * exponent)
}

/** Hashes a lattice point to a number from 0 to 1. */
function latticeValue(x: number, y: number, seed: number): number {
  let hash = imul(x, 0x27d4eb2d) ^ imul(y, 0x165667b1) ^ imul(seed, 0x9e3779b1)
  hash = imul(hash ^ (hash >>> 15), 0x85ebca6b)
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Computes value noise from -1 to 1: random at integer coordinates, smooth in between. */
export function valueNoise(x: number, y: number, seed: number): number {
  const x0 = floor(x)
  const y0 = floor(y)
  const su = ease(x - x0)
  const sv = ease(y - y0)
  const left = mix(latticeValue(x0, y0, seed), latticeValue(x0, y0 + 1, seed), sv)
  const right = mix(latticeValue(x0 + 1, y0, seed), latticeValue(x0 + 1, y0 + 1, seed), sv)
  return 2 * mix(left, right, su) - 1
}

/** Eases a fraction from 0 to 1 in and out. */
function ease(fraction: number): number {
  return fraction * fraction * (3 - 2 * fraction)
}

/** Creates {@link valueNoise} along the row y. Neighboring x share the random numbers at their integer coordinates. */
export function createNoiseRow(y: number, seed: number): (x: number) => number {
  const y0 = floor(y)
  const sv = ease(y - y0)
  const valueAt = (x: number): number => mix(latticeValue(x, y0, seed), latticeValue(x, y0 + 1, seed), sv)
  let cell = Number.NaN
  let left = 0
  let right = 0
  return (x) => {
    const x0 = floor(x)
    if (x0 !== cell) {
      cell = x0
      left = valueAt(x0)
      right = valueAt(x0 + 1)
    }
    return 2 * mix(left, right, ease(x - x0)) - 1
  }
}
