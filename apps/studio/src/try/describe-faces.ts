import type { Box, Keypoints } from '@facekp/core'
import type { Size } from '../components/viewport.ts'

/** A face that was found in an image or a frame. */
export interface FoundFace {
  readonly points: Keypoints
  readonly box: Box
  readonly confidence: number
  /** The detector's score; a face that was followed from the frame before has none. */
  readonly score?: number
}

/** Decimals of pixels and scores, as `facekp predict` writes them. */
const DECIMALS = 3

/** Writes faces as a line of `facekp predict`. */
export function describeFaces(image: string, { width, height }: Size, faces: readonly FoundFace[]): string {
  const described = faces.map(({ box, score, confidence, points }) => ({
    box: { left: round(box.left), top: round(box.top), width: round(box.width), height: round(box.height) },
    ...(score === undefined ? {} : { score: round(score) }),
    confidence: round(confidence),
    points: Array.from({ length: points.length / 2 }, (_, point) => [
      round(points[2 * point] as number),
      round(points[2 * point + 1] as number),
    ]),
  }))
  return JSON.stringify({ image, width, height, faces: described })
}

function round(value: number): number {
  return Number(value.toFixed(DECIMALS))
}
