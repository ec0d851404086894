import type { Box } from '@facekp/core'
import type { AnnotatedFace } from './annotations.ts'
import { findRange } from './find-range.ts'

/** Returns the face's box, or the smallest box of whole pixels' edges around its labeled points; an empty one without points. */
export function getBox({ box, points }: AnnotatedFace): Box {
  if (box) return box
  if (points.length === 0) return { left: 0, top: 0, width: 0, height: 0 }
  const { lowest: left, highest: right } = findRange(points.map(({ x }) => x))
  const { lowest: top, highest: bottom } = findRange(points.map(({ y }) => y))
  return { left, top, width: right - left + 1, height: bottom - top + 1 }
}
