import type { Box, Keypoints } from '@facekp/core'
import type { FaceLabel } from './labels.ts'

/** A box and the mesh that was detected in it. */
interface MeshFace {
  readonly box: Box
  readonly mesh?: Keypoints | undefined
}

/**
 * Gives faces the meshes of detected faces: of two boxes, one contains the center of the other. The nearest come first, and each mesh goes to one face.
 *
 * @param faces those that have a mesh are returned unchanged
 */
export function assignMeshes(faces: readonly FaceLabel[], detected: readonly MeshFace[]): FaceLabel[] {
  const pairs = faces.flatMap((face, index) => {
    const candidates = face.mesh ? [] : detected.filter(({ box }) => isSamePlace(face.box, box))
    return candidates.flatMap(({ box, mesh }) =>
      mesh ? [{ index, mesh, distance: measureDistance(face.box, box) }] : [],
    )
  })
  const meshes = new Map<number, Keypoints>()
  const used = new Set<Keypoints>()
  for (const { index, mesh } of pairs.sort((a, b) => a.distance - b.distance)) {
    if (meshes.has(index) || used.has(mesh)) continue
    meshes.set(index, mesh)
    used.add(mesh)
  }
  return faces.map((face, index) => (meshes.has(index) ? { ...face, mesh: meshes.get(index) } : face))
}

function isSamePlace(a: Box, b: Box): boolean {
  const [dx, dy] = computeOffset(a, b)
  return [a, b].some(({ width, height }) => 2 * Math.abs(dx) < width && 2 * Math.abs(dy) < height)
}

function measureDistance(a: Box, b: Box): number {
  return Math.hypot(...computeOffset(a, b))
}

/** Computes the offset between the centers of two boxes. */
function computeOffset(a: Box, b: Box): readonly [x: number, y: number] {
  return [b.left + b.width / 2 - a.left - a.width / 2, b.top + b.height / 2 - a.top - a.height / 2]
}
