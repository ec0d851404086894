import { type Keypoints, NOT_LABELED, type Visibility } from '@facekp/core'

/** A shape: N points, some of them not labeled. */
export interface Shape {
  readonly keypoints: Keypoints
  readonly visibility: Visibility
}

/**
 * Computes the Procrustes distance of a shape from a mean shape: the root mean square distance of its labeled points after the best translation, rotation
 * and uniform scaling onto the mean (no reflection), relative to the mean's own size. NaN for fewer than three labeled points.
 *
 * Source: Gower 1975, Generalized Procrustes analysis; the similarity in closed form by complex numbers, Dryden and Mardia 1998.
 */
export function procrustesDistance(shape: Shape, mean: Float64Array): number {
  const aligned = alignShape(shape, mean)
  if (!aligned) return Number.NaN
  const { points, indices } = aligned
  let distance = 0
  let size = 0
  const center = centroid(mean, indices)
  for (const index of indices) {
    const dx = (points[2 * index] as number) - (mean[2 * index] as number)
    const dy = (points[2 * index + 1] as number) - (mean[2 * index + 1] as number)
    distance += dx * dx + dy * dy
    size += ((mean[2 * index] as number) - center.x) ** 2 + ((mean[2 * index + 1] as number) - center.y) ** 2
  }
  return Math.sqrt(distance / size)
}

/** Moves a shape onto the mean by the similarity of least squares; undefined for fewer than three labeled points or a shape without extent. */
function alignShape(
  { keypoints, visibility }: Shape,
  mean: Float64Array,
): { readonly points: Float64Array; readonly indices: readonly number[] } | undefined {
  const indices = [...visibility.keys()].filter(
    (index) => visibility[index] !== NOT_LABELED && !Number.isNaN(mean[2 * index] as number),
  )
  if (indices.length < 3) return undefined
  const from = centroid(keypoints, indices)
  const to = centroid(mean, indices)
  // The similarity z -> a z as a complex number: a = sum(conj(z) w) / sum(|z|^2).
  let real = 0
  let imaginary = 0
  let extent = 0
  for (const index of indices) {
    const x = (keypoints[2 * index] as number) - from.x
    const y = (keypoints[2 * index + 1] as number) - from.y
    const u = (mean[2 * index] as number) - to.x
    const v = (mean[2 * index + 1] as number) - to.y
    real += x * u + y * v
    imaginary += x * v - y * u
    extent += x * x + y * y
  }
  if (extent === 0) return undefined
  const points = new Float64Array(keypoints.length).fill(Number.NaN)
  for (const index of indices) {
    const x = (keypoints[2 * index] as number) - from.x
    const y = (keypoints[2 * index + 1] as number) - from.y
    points[2 * index] = to.x + (real * x - imaginary * y) / extent
    points[2 * index + 1] = to.y + (imaginary * x + real * y) / extent
  }
  return { points, indices }
}

/** Computes a mean shape by aligning all shapes to it in turn; medians by coordinate, so that a few wrong labels do not move it. */
export function robustMeanShape(shapes: readonly Shape[], rounds = 3): Float64Array {
  const complete = shapes.toSorted((a, b) => countLabeled(b) - countLabeled(a))[0]
  if (!complete) return new Float64Array()
  let mean = Float64Array.from(complete.keypoints, (value, index) =>
    complete.visibility[index >> 1] === NOT_LABELED ? Number.NaN : value,
  )
  for (let round = 0; round < rounds; round++) {
    const aligned = shapes.flatMap((shape) => alignShape(shape, mean)?.points ?? [])
    mean = mean.map((previous, index) => {
      const values = aligned.map((points) => points[index] as number).filter((value) => !Number.isNaN(value))
      return values.length === 0 ? previous : median(values)
    })
  }
  return mean
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

function countLabeled({ visibility }: Shape): number {
  return visibility.filter((state) => state !== NOT_LABELED).length
}

function centroid(points: ArrayLike<number>, indices: readonly number[]): { readonly x: number; readonly y: number } {
  let x = 0
  let y = 0
  for (const index of indices) {
    x += points[2 * index] as number
    y += points[2 * index + 1] as number
  }
  return { x: x / indices.length, y: y / indices.length }
}
