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
