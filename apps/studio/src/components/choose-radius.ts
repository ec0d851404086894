import { boundingBox, NOT_LABELED } from '@facekp/core'
import type { CanvasFace } from './image-canvas.tsx'

/** Radii in pixels of the page. */
const MIN_RADIUS = 0.8
const MAX_RADIUS = 3.5

/**
 * Chooses the radius of a face's marks. Points of a dense face are smaller, so that they do not touch: a sixth of the usual distance.
 *
 * @param scale pixels of the page per pixel of the image
 */
export function chooseRadius({ points, visibility }: Pick<CanvasFace, 'points' | 'visibility'>, scale: number): number {
  // Points without a place are at (0, 0).
  const placed = points.filter((_, i) => visibility?.[i >> 1] !== NOT_LABELED)
  const count = placed.length / 2
  if (count < 2) return MAX_RADIUS
  const { width, height } = boundingBox(placed)
  const spacing = (scale * Math.max(width, height)) / Math.sqrt(count)
  return Math.min(Math.max(spacing / 6, MIN_RADIUS), MAX_RADIUS)
}
