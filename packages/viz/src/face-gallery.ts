import { FacekpError, type Keypoints, type Sample } from '@facekp/core'
import type { Plot } from './figure.ts'
import { marksLegend, offsetLines, photograph, pointMarks } from './picture.ts'
import { digits, figureOf, shortened, textAt, window } from './svg.ts'
import { INK, PREDICTION, TRUTH } from './theme.ts'

/** A face, and what a network said of it. */
export interface PredictedFace {
  readonly sample: Sample
  /** In coordinates of the sample's image. */
  readonly predicted: Keypoints
  /** Mean point error in pixels of the original picture. */
  readonly errorPx: number
}

export interface FaceGroup {
  readonly label: string
  readonly faces: readonly PredictedFace[]
}

/**
 * Faces in rows by group, such as the best and the worst: truth as green rings, prediction as red crosses, a line between the
 * two, the error below. Throws `PLOT_EMPTY` without faces and `KEYPOINT_COUNT` where a prediction has another number of points.
 *
 * @param options.cell width of a picture, default 340
 */
export async function faceGallery(
  groups: readonly FaceGroup[],
  { title = 'Faces', cellWidth = 340 }: { readonly title?: string; readonly cellWidth?: number } = {},
): Promise<Plot> {
  const shown = groups.filter(({ faces }) => faces.length > 0)
  if (shown.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no face to draw' })
  const [gap, label, caption] = [16, 28, 26]
  const parts: string[] = [marksLegend()]
  let y = 30
  for (const { label: name, faces } of shown) {
    parts.push(textAt(0, y + 18, name, { size: 15, bold: true }))
    y += label
    const drawn = await Promise.all(faces.map((face, i) => drawFace(face, cellWidth, i * (cellWidth + gap), y)))
    parts.push(...drawn)
    y += Math.max(...faces.map(({ sample }) => (cellWidth * sample.image.height) / sample.image.width)) + caption + gap
  }
  const across = Math.max(...shown.map(({ faces }) => faces.length))
  return figureOf(title, across * (cellWidth + gap) - gap, y - gap, parts.join(''))
}

async function drawFace(
  { sample, predicted, errorPx }: PredictedFace,
  cell: number,
  x: number,
  y: number,
): Promise<string> {
  checkPrediction({ sample, predicted })
  const scale = cell / sample.image.width
  const height = (cell * sample.image.height) / sample.image.width
  const radius = sample.visibility.length > 10 ? 2.2 : 5
  const drawing = [
    await photograph(sample.image, cell),
    offsetLines(sample, predicted, scale),
    pointMarks(sample.keypoints, sample.visibility, scale, { color: TRUTH, shape: 'ring', radius }),
    pointMarks(predicted, sample.visibility, scale, { color: PREDICTION, shape: 'cross', radius }),
  ]
  const content = [
    window(cell, height, drawing.join('')),
    textAt(0, height + 18, shortened(sample.id, Math.max(6, Math.floor((cell - 80) / 8))), { color: INK.soft }),
    textAt(cell, height + 18, `${errorPx.toFixed(1)} px`, { anchor: 'end', bold: true }),
  ]
  return `<g transform="translate(${digits(x)} ${digits(y)})">${content.join('')}</g>`
}

/** Throws `KEYPOINT_COUNT` where a prediction has not its sample's number of points. */
export function checkPrediction({ sample, predicted }: Pick<PredictedFace, 'sample' | 'predicted'>): void {
  if (predicted.length === sample.keypoints.length) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: `the prediction for sample ${sample.id} has another number of points`,
    received: String(predicted.length / 2),
    expected: String(sample.keypoints.length / 2),
  })
}
