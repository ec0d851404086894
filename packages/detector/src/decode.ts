import type { Box, Keypoints } from '@facekp/core'
import type { View } from './views.ts'

/** A face as the network reports it, in pixels of its input: box along pixel edges, points at pixel centers. */
export interface Candidate {
  readonly score: number
  readonly box: Box
  readonly points: Keypoints
}

/** Box (center, size) and six points. */
const NUMBERS = 16

/** The network's grids of anchors, finest first: the side of a cell in pixels of the input, and its number of anchors. */
export const GRIDS = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const

/** The network's outputs for one input: for each grid, in its order, one logit and 16 numbers an anchor. */
export interface RawOutputs {
  readonly logits: readonly Float32Array[]
  readonly boxes: readonly Float32Array[]
}

/**
 * Decodes the network's outputs. All coordinates are relative to the center of the anchor's cell, in pixels of the input; logits are
 * limited to ±100.
 *
 * Source: Bazarevsky et al. 2019, BlazeFace, arXiv:1907.05047; the constants are those of MediaPipe's face_detection graph for the
 * back camera.
 *
 * @param view the network's input
 */
export function decodeOutputs(
  { logits, boxes }: RawOutputs,
  { width }: Pick<View, 'width'>,
  minScore: number,
): Candidate[] {
  return GRIDS.flatMap(({ stride, anchors }, grid) => {
    const columns = width / stride
    const candidates: Candidate[] = []
    for (const [i, logit] of (logits[grid] as Float32Array).entries()) {
      const score = 1 / (1 + Math.exp(-Math.max(-100, Math.min(100, logit))))
      if (score < minScore) continue
      const cell = Math.floor(i / anchors)
      const anchorX = stride * ((cell % columns) + 0.5)
      const anchorY = stride * (Math.floor(cell / columns) + 0.5)
      const numbers = (boxes[grid] as Float32Array).subarray(NUMBERS * i, NUMBERS * (i + 1))
      candidates.push({ score, ...decodeFace(numbers, anchorX, anchorY) })
    }
    return candidates
  })
}

function decodeFace(numbers: Float32Array, anchorX: number, anchorY: number): { box: Box; points: Keypoints } {
  const [x, y, width, height] = numbers as unknown as [number, number, number, number]
  // A point's coordinate is that of an edge - 0.5.
  const points = numbers.slice(4).map((value, k) => value + (k % 2 === 0 ? anchorX : anchorY) - 0.5)
  return { box: { left: x + anchorX - width / 2, top: y + anchorY - height / 2, width, height }, points }
}
