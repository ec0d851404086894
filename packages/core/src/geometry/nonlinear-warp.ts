import { checkArgument } from '../arguments/check-argument.ts'
import * as KINDS from '../arguments/kinds.ts'
import type { Keypoints } from '../keypoints.ts'
import { applyDisplacements, type DisplacementGrid, invertDisplacements } from './displacement-grid.ts'
import { applyHomography, type Homography, invertHomography } from './homography.ts'

/**
 * A map of point coordinates that is not affine, from the OUTPUT image to the INPUT image, as sampling needs it.
 * Plain numbers, so that it survives JSON and can be sent to another thread.
 */
export type Warp = Homography | DisplacementGrid

/** Maps points of the output image to the input image. Exact. */
export function inverseWarpPoints(warp: Warp, points: Keypoints): Keypoints {
  checkArgument(KINDS.warp, warp, 'warp', 'inverseWarpPoints')
  checkArgument(KINDS.keypoints, points, 'points', 'inverseWarpPoints')
  return warp.kind === 'homography' ? applyHomography(warp.matrix, points) : applyDisplacements(warp, points)
}

/**
 * Maps points of the input image to the output image, to 1e-4 of a pixel.
 *
 * @throws `WARP_SINGULAR` if a matrix has no inverse, or displacements differ by a pixel or more between neighbors
 */
export function warpPoints(warp: Warp, points: Keypoints): Keypoints {
  checkArgument(KINDS.warp, warp, 'warp', 'warpPoints')
  checkArgument(KINDS.keypoints, points, 'points', 'warpPoints')
  if (warp.kind === 'homography') return applyHomography(invertHomography(warp.matrix), points)
  return invertDisplacements(warp, points)
}
