import type { Keypoints } from '@facekp/core'

/**
 * The point of the face mesh for each point of `IBUG_68`: the one of the same name, or one that lies nearer to what people label, by more than half
 * a percent of the distance of the outer eye corners. `pnpm bench:mesh-map` compares them on training faces of 300-W. The jaw is the least
 * alike: iBUG's runs along the visible outline, the mesh's along the surface.
 */
export const MESH_TO_IBUG_68: readonly number[] = [
  127, 234, 177, 215, 172, 136, 149, 148, 152, 377, 378, 365, 397, 435, 401, 454, 356, 70, 63, 105, 66, 55, 285, 296,
  334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305, 7, 160, 158, 155, 153, 144, 382, 385, 387, 249, 373, 380, 61, 39,
  37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
]

/** Picks the 68 points of `IBUG_68` from those of a mesh. */
export function pickIbug68(mesh: Keypoints): Keypoints {
  return Float32Array.from(MESH_TO_IBUG_68.flatMap((i) => [mesh[2 * i], mesh[2 * i + 1]] as number[]))
}
