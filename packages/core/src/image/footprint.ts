import type { Affine } from '../geometry/affine.ts'

/** The largest footprint, in pixels to either side of its center: near the horizon of a homography it would be unlimited. */
const MAX_RADIUS = 32

/**
 * Clamps the singular values of a map's linear part: from 1, so that a filter never covers less than an input pixel, to
 * MAX_RADIUS. Returns undefined if no distance exceeds 1, that is, if no part of the image shrinks.
 */
export function clampFootprint([a, b, , d, e]: Affine): Affine | undefined {
  // Closed form of the singular value decomposition of a 2 x 2 matrix.
  const E = (a + e) / 2
  const F = (a - e) / 2
  const G = (d + b) / 2
  const H = (d - b) / 2
  const Q = Math.hypot(E, H)
  const R = Math.hypot(F, G)
  const s1 = Q + R
  const s2 = Q - R
  if (s1 <= 1 + 1e-6) return undefined
  const alpha = Math.atan2(G, F)
  const beta = Math.atan2(H, E)
  const theta = (beta - alpha) / 2
  const phi = (beta + alpha) / 2
  const w1 = clampRadius(s1)
  const w2 = Math.sign(s2 || 1) * clampRadius(Math.abs(s2))
  const ct = Math.cos(theta)
  const st = Math.sin(theta)
  const cp = Math.cos(phi)
  const sp = Math.sin(phi)
  return [
    cp * w1 * ct - sp * w2 * st,
    -cp * w1 * st - sp * w2 * ct,
    0,
    sp * w1 * ct + cp * w2 * st,
    -sp * w1 * st + cp * w2 * ct,
    0,
  ]
}

function clampRadius(radius: number): number {
  return Math.min(Math.max(radius, 1), MAX_RADIUS)
}
