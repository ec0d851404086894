/**
 * Mirrors points that are relative to a square: 0..1 along its sides.
 *
 * @param flip for each point the index of the point that it becomes, as `flipIndices` of @facekp/core gives them
 */
export function mirrorPoints(points: Float32Array, flip: readonly number[]): Float32Array {
  const mirrored = new Float32Array(points.length)
  for (const [i, source] of flip.entries()) {
    mirrored[2 * i] = 1 - (points[2 * source] as number)
    mirrored[2 * i + 1] = points[2 * source + 1] as number
  }
  return mirrored
}

/** Mirrors the offset of each point, as {@link mirrorPoints} mirrors points. */
export function mirrorOffsets(offsets: Float64Array, flip: readonly number[]): Float64Array {
  const mirrored = new Float64Array(offsets.length)
  for (const [i, source] of flip.entries()) {
    mirrored[2 * i] = -(offsets[2 * source] as number)
    mirrored[2 * i + 1] = offsets[2 * source + 1] as number
  }
  return mirrored
}
