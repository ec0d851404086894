/**
 * Interpolates points by a piecewise cubic that never overshoots them; constant beyond the first and the last point.
 *
 * @param xs increasing
 *
 * Source: F. N. Fritsch and R. E. Carlson, Monotone Piecewise Cubic Interpolation, SIAM J. Numer. Anal. 17, 1980.
 */
export function monotoneCubic(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  const last = xs.length - 1
  const steps = xs.slice(1).map((x, i) => x - (xs[i] as number))
  const tangents = computeTangents(steps, ys)
  return (x) => {
    if (x <= (xs[0] as number)) return ys[0] as number
    if (x >= (xs[last] as number)) return ys[last] as number
    let i = 0
    while ((xs[i + 1] as number) < x) i++
    const h = steps[i] as number
    const t = (x - (xs[i] as number)) / h
    const t2 = t * t
    const t3 = t * t * t
    return (
      (2 * t3 - 3 * t2 + 1) * (ys[i] as number) +
      (t3 - 2 * t2 + t) * h * (tangents[i] as number) +
      (-2 * t3 + 3 * t2) * (ys[i + 1] as number) +
      (t3 - t2) * h * (tangents[i + 1] as number)
    )
  }
}

/** Tangents at the points: 0 at extrema, elsewhere the weighted harmonic mean of the neighboring secants. */
function computeTangents(steps: readonly number[], ys: readonly number[]): number[] {
  const secants = ys.slice(1).map((y, i) => (y - (ys[i] as number)) / (steps[i] as number))
  return ys.map((_, i) => {
    if (i === 0) return secants[0] as number
    if (i === ys.length - 1) return secants.at(-1) as number
    const before = secants[i - 1] as number
    const after = secants[i] as number
    if (before * after <= 0) return 0
    const h0 = steps[i - 1] as number
    const h1 = steps[i] as number
    return (3 * (h0 + h1)) / ((2 * h1 + h0) / before + (h1 + 2 * h0) / after)
  })
}
