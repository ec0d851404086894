import { HIDDEN, type Sample } from '@facekp/core'
import { fromUnits, luminance, toUnits } from '../photometric/pixels.ts'

/** Red, green and blue, 0 to 1; for a gray image, their luminance is used. */
export type Color = readonly [red: number, green: number, blue: number]

/** A shape that covers part of the image: whether it covers (x, y) in pixels, and its color there. */
export interface Shape {
  covers(x: number, y: number): boolean
  color(x: number, y: number): Color
}

/** Draws shapes over the image; a labeled keypoint below one becomes hidden (visibility 1). */
export function cover(sample: Sample, shapes: readonly Shape[]): Sample {
  const { image, keypoints, visibility } = sample
  const { width, height, channels } = image
  const units = toUnits(image)
  for (const shape of shapes) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i += channels) {
        if (!shape.covers(x, y)) continue
        const color = shape.color(x, y)
        if (channels === 1) units[i] = luminance(...color)
        else units.set(color, i)
      }
    }
  }
  const isCovered = (point: number): boolean =>
    shapes.some((shape) => shape.covers(keypoints[2 * point] as number, keypoints[2 * point + 1] as number))
  return {
    ...sample,
    image: fromUnits(image, units),
    visibility: visibility.map((state, point) => (state > HIDDEN && isCovered(point) ? HIDDEN : state)),
  }
}
