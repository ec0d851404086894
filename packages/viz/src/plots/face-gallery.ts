import {
  checkArgument,
  FacekpError,
  type Keypoints,
  listKind,
  objectKind,
  optionsKind,
  type Sample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { renderImage } from '../drawing/image-element.ts'
import { renderLegend, renderOffsets, renderPoints } from '../drawing/keypoint-marks.ts'
import { createPlot, type Plot } from '../drawing/plot.ts'
import { formatCoordinate, renderClipped, renderText, truncateMiddle } from '../drawing/svg.ts'
import { COLORS, PREDICTED_COLOR, TARGET_COLOR } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'

const FACE_GALLERY_GROUPS = listKind(objectKind({ label: KINDS.string, faces: KINDS.array }))
const FACE_GALLERY_OPTIONS = optionsKind({ title: KINDS.string, cellWidth: KINDS.positive })

/** A sample with predicted keypoints. */
export interface PredictedFace {
  /** Its keypoints are the targets. */
  readonly sample: Sample
  /** Predicted points in coordinates of the sample's image. */
  readonly predicted: Keypoints
  /** Mean point error in pixels of the original image. */
  readonly errorPx: number
}

export interface FaceGroup {
  readonly label: string
  readonly faces: readonly PredictedFace[]
}

const GAP = 16
const LEGEND_HEIGHT = 30
const LABEL_HEIGHT = 28
const CAPTION_HEIGHT = 26

/**
 * Plots faces in one row per group: targets as green rings, predictions as red crosses, lines between them, errors below.
 *
 * @param groups such as the best and the worst faces; groups without faces are omitted
 * @param options.title default `Faces`
 * @param options.cellWidth width of an image in pixels, default 340
 * @throws FacekpError `PLOT_EMPTY` without faces, `KEYPOINT_COUNT` if a prediction and its sample differ in their number of points
 */
export async function faceGallery(
  groups: readonly FaceGroup[],
  options: { readonly title?: string; readonly cellWidth?: number } = {},
): Promise<Plot> {
  checkArgument(FACE_GALLERY_GROUPS, groups, 'groups', 'faceGallery')
  checkArgument(FACE_GALLERY_OPTIONS, options, 'options', 'faceGallery')
  const { title = 'Faces', cellWidth = 340 } = options
  const nonEmpty = groups.filter(({ faces }) => faces.length > 0)
  if (nonEmpty.length === 0) throw emptyPlotError('face')
  const elements: string[] = [renderLegend()]
  let y = LEGEND_HEIGHT
  for (const { label, faces } of nonEmpty) {
    elements.push(renderText(0, y + 18, label, { size: 15, bold: true }))
    y += LABEL_HEIGHT
    for (const [i, face] of faces.entries()) {
      const place = `translate(${formatCoordinate(i * (cellWidth + GAP))} ${formatCoordinate(y)})`
      elements.push(`<g transform="${place}">${await renderFace(face, cellWidth)}</g>`)
    }
    const imageHeight = Math.max(...faces.map(({ sample }) => (cellWidth * sample.image.height) / sample.image.width))
    y += imageHeight + CAPTION_HEIGHT + GAP
  }
  const columns = Math.max(...nonEmpty.map(({ faces }) => faces.length))
  return createPlot(title, columns * (cellWidth + GAP) - GAP, y - GAP, elements.join(''))
}

async function renderFace({ sample, predicted, errorPx }: PredictedFace, cellWidth: number): Promise<string> {
  checkPrediction({ sample, predicted })
  const scale = cellWidth / sample.image.width
  const height = (cellWidth * sample.image.height) / sample.image.width
  const radius = sample.visibility.length > 10 ? 2.2 : 5
  const prediction = { keypoints: predicted, visibility: sample.visibility }
  const drawing = [
    await renderImage(sample.image, cellWidth),
    renderOffsets(sample, predicted, scale),
    renderPoints(sample, scale, { color: TARGET_COLOR, shape: 'ring', radius }),
    renderPoints(prediction, scale, { color: PREDICTED_COLOR, shape: 'cross', radius }),
  ]
  const caption = truncateMiddle(sample.id, Math.max(6, Math.floor((cellWidth - 80) / 8)))
  return [
    renderClipped(cellWidth, height, drawing.join('')),
    renderText(0, height + 18, caption, { color: COLORS.soft }),
    renderText(cellWidth, height + 18, `${errorPx.toFixed(1)} px`, { anchor: 'end', bold: true }),
  ].join('')
}

/** Checks that a prediction has as many points as its sample. Throws `KEYPOINT_COUNT`. */
export function checkPrediction({ sample, predicted }: Pick<PredictedFace, 'sample' | 'predicted'>): void {
  if (predicted.length === sample.keypoints.length) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: `sample ${sample.id}: its prediction has a different number of points`,
    received: String(predicted.length / 2),
    expected: String(sample.keypoints.length / 2),
  })
}
