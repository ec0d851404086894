import { type Affine, type Box, boundingBox, mapBox, type Warp, warpPoints } from '@facekp/core'

const STEPS_PER_EDGE = 8

/** Returns the bounding box of a mapped box: of its corners, or for a warp of points along its edges. */
export function warpBox(map: Affine | Warp, box: Box): Box {
  if (!('kind' in map)) return mapBox(map, box)
  const { left, top, width, height } = box
  const edges: number[] = []
  for (let i = 0; i <= STEPS_PER_EDGE; i++) {
    const x = left + (i * width) / STEPS_PER_EDGE - 0.5
    const y = top + (i * height) / STEPS_PER_EDGE - 0.5
    edges.push(x, top - 0.5, x, top + height - 0.5, left - 0.5, y, left + width - 0.5, y)
  }
  return boundingBox(warpPoints(map, Float32Array.from(edges)))
}
