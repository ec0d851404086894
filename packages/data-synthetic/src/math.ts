// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { exp, floor, imul, max, min } = Math

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = min(1, max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

export function clamp(value: number, from: number, to: number): number {
  return min(max(value, from), to)
}

export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share
}

/** A bump of height 1 at (cx, cy), `sx` and `sy` its standard deviations. */
export function bump(x: number, y: number, cx: number, cy: number, sx: number, sy: number): number {
  const u = (x - cx) / sx
  const v = (y - cy) / sy
  const exponent = u * u + v * v
  return exponent > 18 ? 0 : exp(-0.5 * exponent)
}

/** A random number from 0 to 1 for each lattice point. */
function lattice(x: number, y: number, seed: number): number {
  let hash = imul(x, 0x27d4eb2d) ^ imul(y, 0x165667b1) ^ imul(seed, 0x9e3779b1)
  hash = imul(hash ^ (hash >>> 15), 0x85ebca6b)
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Value noise, -1 to 1: random at whole coordinates, smooth between. */
export function noise(x: number, y: number, seed: number): number {
  const x0 = floor(x)
  const y0 = floor(y)
  const u = x - x0
  const v = y - y0
  const su = u * u * (3 - 2 * u)
  const sv = v * v * (3 - 2 * v)
  const top = mix(lattice(x0, y0, seed), lattice(x0 + 1, y0, seed), su)
  const bottom = mix(lattice(x0, y0 + 1, seed), lattice(x0 + 1, y0 + 1, seed), su)
  return 2 * mix(top, bottom, sv) - 1
}
