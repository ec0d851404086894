import { checkArgument } from '../arguments/check-argument.ts'
import { objectKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import type { Keypoints } from '../keypoints.ts'

const IMAGE_BOX_IMAGE = objectKind({ width: KINDS.number, height: KINDS.number })

/**
 * A rectangle along pixel EDGES: the box of a whole image is {left: 0, top: 0, width, height}. An edge coordinate is a
 * point coordinate + 0.5.
 */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Returns the box of a whole image. */
export function imageBox(image: { readonly width: number; readonly height: number }): Box {
  checkArgument(IMAGE_BOX_IMAGE, image, 'image', 'imageBox')
  return { left: 0, top: 0, width: image.width, height: image.height }
}

/** Returns the smallest box that contains all points: its edges pass through the outermost ones. */
export function boundingBox(keypoints: Keypoints): Box {
  checkArgument(KINDS.keypoints, keypoints, 'keypoints', 'boundingBox')
  let left = Infinity
  let top = Infinity
  let right = -Infinity
  let bottom = -Infinity
  for (let i = 0; i < keypoints.length; i += 2) {
    const x = (keypoints[i] as number) + 0.5
    const y = (keypoints[i + 1] as number) + 0.5
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return { left, top, width: right - left, height: bottom - top }
}
