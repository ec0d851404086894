import type { Keypoints } from '@facekp/core'

/**
 * The point of the face mesh that is nearest to each point of `IBUG_68`. The jaw is the least alike: iBUG's runs along the visible
 * outline, the mesh's along the surface.
 */
export const MESH_TO_IBUG_68: readonly number[] = [
  162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, 71, 63, 105, 66, 107, 336, 296,
  334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380, 61, 39,
  37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
]

/** Picks the 68 points of `IBUG_68` from those of a mesh. */
export function pickIbug68(mesh: Keypoints): Keypoints {
  return Float32Array.from(MESH_TO_IBUG_68.flatMap((i) => [mesh[2 * i], mesh[2 * i + 1]] as number[]))
}
