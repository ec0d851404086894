import type { Box } from '@facekp/core'
import type { AnnotatedFace } from './annotations.ts'

/** Returns the face's box, or the smallest box of whole pixels' edges around its labeled points; an empty one without points. */
export function getBox({ box, points }: AnnotatedFace): Box {
  if (box) return box
  if (points.length === 0) return { left: 0, top: 0, width: 0, height: 0 }
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const left = Math.min(...xs)
  const top = Math.min(...ys)
  return { left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1 }
}
