import { type Affine, type Box, boundingBox, mapBox, type Warp, warpPoints } from '@facekp/core'

const STEPS = 8

/** The box around what a map makes of a box: of its four corners, or where the map is a bend, of places all along its edges. */
export function warpBox(map: Affine | Warp, box: Box): Box {
  if (!('kind' in map)) return mapBox(map, box)
  const { left, top, width, height } = box
  const edges: number[] = []
  for (let i = 0; i <= STEPS; i++) {
    const [x, y] = [left + (i * width) / STEPS - 0.5, top + (i * height) / STEPS - 0.5]
    edges.push(x, top - 0.5, x, top + height - 0.5, left - 0.5, y, left + width - 0.5, y)
  }
  return boundingBox(warpPoints(map, Float32Array.from(edges)))
}
