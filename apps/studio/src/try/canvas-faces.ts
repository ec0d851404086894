import type { CanvasFace } from '../components/image-canvas.tsx'
import type { FoundFace } from './describe-faces.ts'

/** Faces as a canvas shows them: the caption is the score of the detector, or the confidence of a face that is followed. */
export function toCanvasFaces(faces: readonly FoundFace[], hasBoxes: boolean): CanvasFace[] {
  return faces.map(({ points, box, score, confidence }) => ({
    points,
    ...(hasBoxes ? { box, caption: formatPercent(score ?? confidence) } : {}),
  }))
}

/** Writes a part of 1 in percent. */
export function formatPercent(part: number): string {
  return `${Math.round(100 * part)} %`
}

/** Says how many faces there are. */
export function describeCount(count: number | undefined): string {
  if (count === undefined) return 'not looked at yet'
  return count === 1 ? '1 face' : `${count} faces`
}
