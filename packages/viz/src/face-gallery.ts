import { FacekpError, type Keypoints, NOT_LABELLED, type Sample } from '@facekp/core'
import type { Figure } from './figure.ts'
import { photograph, place, pointMarks } from './picture.ts'
import { digits, figureOf, textAt } from './svg.ts'
import { INK, PREDICTION, TRUTH } from './theme.ts'

/** A face, and what a network said of it. */
export interface PredictedFace {
  readonly sample: Sample
  /** In coordinates of the sample's image. */
  readonly prediction: Keypoints
  /** Mean point error in pixels of the original picture. */
  readonly errorPx: number
}

export interface FaceGroup {
  readonly label: string
  readonly faces: readonly PredictedFace[]
}

/**
 * Faces in rows by group, such as the best and the worst: truth as green rings, prediction as red crosses, a line between the
 * two, the error below. Throws `FIGURE_EMPTY` without faces and `KEYPOINT_COUNT` where a prediction has another number of points.
 *
 * @param options.cell width of a picture, default 340
 */
export async function faceGallery(
  groups: readonly FaceGroup[],
  { title = 'Faces', cell = 340 }: { readonly title?: string; readonly cell?: number } = {},
): Promise<Figure> {
  const shown = groups.filter(({ faces }) => faces.length > 0)
  if (shown.length === 0) throw new FacekpError({ code: 'FIGURE_EMPTY', problem: 'there is no face to draw' })
  const [gap, label, caption] = [16, 28, 26]
  const parts: string[] = [legend()]
  let y = 30
  for (const { label: name, faces } of shown) {
    parts.push(textAt(0, y + 18, name, { size: 15, bold: true }))
    y += label
    const drawn = await Promise.all(faces.map((face, i) => drawFace(face, cell, i * (cell + gap), y)))
    parts.push(...drawn)
    y += Math.max(...faces.map(({ sample }) => (cell * sample.image.height) / sample.image.width)) + caption + gap
  }
  const across = Math.max(...shown.map(({ faces }) => faces.length))
  return figureOf(title, across * (cell + gap) - gap, y - gap, parts.join(''))
}

async function drawFace(
  { sample, prediction, errorPx }: PredictedFace,
  cell: number,
  x: number,
  y: number,
): Promise<string> {
  if (prediction.length !== sample.keypoints.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `the prediction for sample ${sample.id} has another number of points`,
      received: String(prediction.length / 2),
      expected: String(sample.keypoints.length / 2),
    })
  }
  const scale = cell / sample.image.width
  const height = (cell * sample.image.height) / sample.image.width
  const radius = sample.visibility.length > 10 ? 2.2 : 5
  const content = [
    await photograph(sample.image, cell),
    offsets(sample, prediction, scale),
    pointMarks(sample.keypoints, sample.visibility, scale, { color: TRUTH, shape: 'ring', radius }),
    pointMarks(prediction, sample.visibility, scale, { color: PREDICTION, shape: 'cross', radius }),
    textAt(0, height + 18, sample.id, { color: INK.soft }),
    textAt(cell, height + 18, `${errorPx.toFixed(1)} px`, { anchor: 'end', bold: true }),
  ]
  return `<g transform="translate(${digits(x)} ${digits(y)})">${content.join('')}</g>`
}

function offsets({ keypoints, visibility }: Sample, prediction: Keypoints, scale: number): string {
  const at = (points: Keypoints, i: number): string => digits(place(points[i] as number, scale))
  return [...visibility.entries()]
    .filter(([, state]) => state !== NOT_LABELLED)
    .map(([point]) => {
      const i = 2 * point
      return `<line x1="${at(keypoints, i)}" y1="${at(keypoints, i + 1)}" x2="${at(prediction, i)}" y2="${at(prediction, i + 1)}" stroke="#ffffff" stroke-opacity="0.85" stroke-width="1.5"/>`
    })
    .join('')
}

function legend(): string {
  const one = Float32Array.of(0, 0)
  const visible = Uint8Array.of(2)
  const mark = (x: number, content: string): string => `<g transform="translate(${x} 7)">${content}</g>`
  return [
    mark(5, pointMarks(one, visible, 1, { color: TRUTH, shape: 'ring', radius: 5 })),
    textAt(18, 12, 'truth'),
    mark(75, pointMarks(one, visible, 1, { color: PREDICTION, shape: 'cross', radius: 5 })),
    textAt(88, 12, 'prediction'),
  ].join('')
}
