import { checkArgument } from '../arguments/check-argument.ts'
import * as KINDS from '../arguments/kinds.ts'
import { type Affine, mapKeypoints } from './affine.ts'
import type { Box } from './box.ts'

/** Returns the box around the four mapped corners of a box. */
export function mapBox(map: Affine, box: Box): Box {
  checkArgument(KINDS.affine, map, 'map', 'mapBox')
  checkArgument(KINDS.box, box, 'box', 'mapBox')
  const { left, top, width, height } = box
  const l = left - 0.5
  const t = top - 0.5
  const r = left + width - 0.5
  const b = top + height - 0.5
  const corners = mapKeypoints(map, Float32Array.of(l, t, r, t, r, b, l, b))
  const xs = corners.filter((_, i) => i % 2 === 0)
  const ys = corners.filter((_, i) => i % 2 === 1)
  const minX = Math.min(...xs)
  const minY = Math.min(...ys)
  return { left: minX + 0.5, top: minY + 0.5, width: Math.max(...xs) - minX, height: Math.max(...ys) - minY }
}
