import {
  boundingBox,
  checkArgument,
  type Image,
  type KeypointPart,
  type KeypointScheme,
  type Keypoints,
  listKind,
  mapBox,
  NOT_LABELED,
  objectKind,
  optionsKind,
  type Sample,
  toSourcePoints,
  type Visibility,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { cropImage } from '@facekp/image'
import { type Normalization, normalizationLength, pointErrors } from '@facekp/metrics'
import { checkSchemePoints, limitKind } from '../checks.ts'
import { renderImage } from '../drawing/image-element.ts'
import { renderLegend, renderOffsets, renderParts, renderPoints } from '../drawing/keypoint-marks.ts'
import { createPlot, type Plot } from '../drawing/plot.ts'
import { formatCoordinate, renderClipped, renderText, truncateMiddle } from '../drawing/svg.ts'
import { COLORS, PREDICTED_COLOR, TARGET_COLOR } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'
import { checkPrediction, type PredictedFace } from './face-gallery.ts'

const WORST_FACES_FACES = listKind(objectKind({ sample: KINDS.sample, predicted: KINDS.keypoints }))
const WORST_FACES_OPTIONS = optionsKind({
  title: KINDS.string,
  count: limitKind(KINDS.size),
  normalization: KINDS.any,
  columns: KINDS.size,
  cellWidth: KINDS.positive,
})

export interface WorstFacesOptions {
  /** Default `Worst faces`. */
  readonly title?: string
  /** Maximum number of faces, Infinity for all; default 6. */
  readonly count?: number
  /** Length that errors are divided by, `detection` being that of the sample's box; default `interocular`. */
  readonly normalization?: Normalization
  /** Faces per row; default 3. */
  readonly columns?: number
  /** Width and height of a view in pixels; default 320. */
  readonly cellWidth?: number
}

/** Margin of a view around the points, as a fraction of their box. */
const VIEW_MARGIN = 0.15
/** How far a view extends towards predictions outside the face, as a fraction of the face's box. */
const MAX_REACH = 0.5
/** Minimum size of a view, as a fraction of the image's width. */
const MIN_VIEW = 0.2

/** Pixels outside a view that interpolation at its edge reads. */
const INTERPOLATED = 2

const HEADER_HEIGHT = 54
const CAPTION_HEIGHT = 46
const GAP = 20

/**
 * Plots the faces with the largest NME, worst first, cropped to the face, with their errors and their worst part.
 *
 * The part with the largest error is named and outlined: target solid, prediction dashed. Targets and predictions differ in color,
 * brightness and shape. Faces without a labeled point are omitted.
 *
 * @throws FacekpError `PLOT_EMPTY` if no face has a labeled point, `KEYPOINT_COUNT` if a prediction and its sample differ in their number
 *   of points or do not have those of the scheme, and the errors of `normalizationLength` of `@facekp/metrics`
 * @example
 * ```ts
 * const { predictions } = await predict(model, test)
 * const faces = predictions.map(({ sample, points }) => ({ sample, predicted: points }))
 * await writePlot(await worstFaces(faces, IBUG_68), 'worst.png')
 * ```
 */
export async function worstFaces(
  faces: readonly Pick<PredictedFace, 'sample' | 'predicted'>[],
  scheme: KeypointScheme,
  options: WorstFacesOptions = {},
): Promise<Plot> {
  checkArgument(WORST_FACES_FACES, faces, 'faces', 'worstFaces')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'worstFaces')
  checkArgument(WORST_FACES_OPTIONS, options, 'options', 'worstFaces')
  const { title = 'Worst faces', count = 6, normalization = 'interocular', columns = 3, cellWidth = 320 } = options
  const worst = faces
    .flatMap((face) => measureFace(face, scheme, normalization))
    .sort((a, b) => b.nme - a.nme)
    .slice(0, count)
  if (worst.length === 0) throw emptyPlotError('face with a labeled point')
  const rowHeight = cellWidth + CAPTION_HEIGHT + GAP
  const cells = await Promise.all(
    worst.map(async (face, i) => {
      const x = (i % columns) * (cellWidth + GAP)
      const y = HEADER_HEIGHT + Math.floor(i / columns) * rowHeight
      return `<g transform="translate(${x} ${y})">${await renderFace(face, i + 1, cellWidth)}</g>`
    }),
  )
  const outline = 'The part with the largest error is outlined: target solid, prediction dashed. '
  const note = `${scheme.parts.length > 0 ? outline : ''}NME normalization: ${normalization}.`
  const width = Math.min(columns, worst.length) * (cellWidth + GAP) - GAP
  const height = HEADER_HEIGHT + Math.ceil(worst.length / columns) * rowHeight - GAP
  const content = [renderLegend(), renderText(0, 36, note, { color: COLORS.soft }), ...cells]
  return createPlot(title, width, height, content.join(''))
}

interface PartErrors {
  readonly part: KeypointPart
  readonly nme: number
  readonly errorPx: number
}

interface FaceErrors {
  readonly sample: Sample
  readonly predicted: Keypoints
  readonly nme: number
  readonly errorPx: number
  /** The part with the largest error; undefined if the scheme has no parts. */
  readonly worstPart: PartErrors | undefined
}

/** A square, in pixels along the edges of the sample's image. */
interface View {
  readonly left: number
  readonly top: number
  readonly size: number
}

/** Measures one face; returns an empty list if it has no labeled point. */
function measureFace(
  face: Pick<PredictedFace, 'sample' | 'predicted'>,
  scheme: KeypointScheme,
  normalization: Normalization,
): FaceErrors[] {
  checkPrediction(face)
  const { sample, predicted } = face
  checkSchemePoints(`sample ${sample.id}`, sample.keypoints, scheme)
  const { id, visibility } = sample
  if (visibility.every((state) => state === NOT_LABELED)) return []
  const box = sample.box && mapBox(sample.toSource, sample.box)
  const target = toSourcePoints(sample, sample.keypoints)
  const pair = { id, target, predicted: toSourcePoints(sample, predicted), visibility, box }
  const errors = pointErrors(pair)
  const length = normalizationLength(pair, scheme, normalization)
  const meanError = (points: readonly number[]): number => {
    const labeled = points.map((point) => errors[point] as number).filter((error) => !Number.isNaN(error))
    return labeled.reduce((sum, error) => sum + error, 0) / labeled.length
  }
  const errorPx = meanError([...errors.keys()])
  const [worstPart] = scheme.parts
    .map((part): PartErrors => {
      const partErrorPx = meanError(part.indices)
      return { part, errorPx: partErrorPx, nme: partErrorPx / length }
    })
    .filter((part) => !Number.isNaN(part.errorPx))
    .sort((a, b) => b.errorPx - a.errorPx)
  return [{ sample, predicted, nme: errorPx / length, errorPx, worstPart }]
}

async function renderFace(face: FaceErrors, rank: number, cellWidth: number): Promise<string> {
  const { sample, predicted, nme, errorPx, worstPart } = face
  const view = computeView(sample, predicted)
  const scale = cellWidth / view.size
  const offset = `translate(${formatCoordinate(-view.left * scale)} ${formatCoordinate(-view.top * scale)})`
  const drawing = `<g transform="${offset}">${await renderPart(sample.image, view, scale)}${renderMarks(face, scale)}</g>`
  const caption = truncateMiddle(`${rank}  ${sample.id}`, Math.max(8, Math.floor((cellWidth - 105) / 7.4)))
  const below = { first: cellWidth + 18, second: cellWidth + 38 }
  const partText = worstPart
    ? `${worstPart.part.name}: ${formatPercent(worstPart.nme)}, ${worstPart.errorPx.toFixed(1)} px`
    : ''
  return [
    `<rect width="${cellWidth}" height="${cellWidth}" fill="${COLORS.panel}"/>`,
    renderClipped(cellWidth, cellWidth, drawing),
    renderText(0, below.first, caption, { color: COLORS.soft }),
    renderText(cellWidth, below.first, `NME ${formatPercent(nme)}`, { anchor: 'end', bold: true }),
    partText ? renderText(0, below.second, partText) : '',
    renderText(cellWidth, below.second, `${errorPx.toFixed(1)} px`, { anchor: 'end', bold: true }),
  ].join('')
}

/** Renders the part of an image that a view shows: resvg would draw what is outside the view too. */
async function renderPart(image: Image, view: View, scale: number): Promise<string> {
  const { first: left, count: width } = findPixels(view.left, view.size, image.width)
  const { first: top, count: height } = findPixels(view.top, view.size, image.height)
  const part = cropImage(image, { left, top, width, height })
  const offset = `translate(${formatCoordinate(left * scale)} ${formatCoordinate(top * scale)})`
  return `<g transform="${offset}">${await renderImage(part, part.width * scale)}</g>`
}

/** Finds the pixels of a range of an image, at least one, with those that interpolation needs. */
function findPixels(start: number, size: number, length: number): { readonly first: number; readonly count: number } {
  const first = Math.min(Math.max(Math.floor(start) - INTERPOLATED, 0), length - 1)
  const end = Math.min(Math.ceil(start + size) + INTERPOLATED, length)
  return { first, count: Math.max(1, end - first) }
}

/** Renders the points of a face, those of its worst part larger, outlined and with their offsets. */
function renderMarks({ sample, predicted, worstPart }: FaceErrors, scale: number): string {
  const worstPoints = new Set(worstPart?.part.indices)
  const select = (isWorst: boolean): Visibility =>
    sample.visibility.map((state, point) => (worstPoints.has(point) === isWorst ? state : NOT_LABELED))
  const worst = select(true)
  const others = select(false)
  const { keypoints } = sample
  const worstTarget = { keypoints, visibility: worst }
  const worstPredicted = { keypoints: predicted, visibility: worst }
  const parts = worstPart ? [worstPart.part] : []
  const radius = sample.visibility.length > 10 ? 2.3 : 4
  const target = { color: TARGET_COLOR, shape: 'ring' } as const
  const prediction = { color: PREDICTED_COLOR, shape: 'cross' } as const
  return [
    `<g opacity="0.85">`,
    renderPoints({ keypoints, visibility: others }, scale, { ...target, radius }),
    renderPoints({ keypoints: predicted, visibility: others }, scale, { ...prediction, radius }),
    '</g>',
    renderOffsets(worstTarget, predicted, scale),
    renderParts(worstTarget, parts, scale, { color: TARGET_COLOR, width: 2 }),
    renderParts(worstPredicted, parts, scale, { color: PREDICTED_COLOR, width: 2, dashes: '6 4' }),
    renderPoints(worstTarget, scale, { ...target, radius: 1.8 * radius }),
    renderPoints(worstPredicted, scale, { ...prediction, radius: 1.8 * radius }),
  ].join('')
}

/** Computes the square around targets and predictions, in pixels along the edges of the sample's image. */
function computeView({ keypoints, visibility, image }: Sample, predicted: Keypoints): View {
  const selectLabeled = (points: Keypoints): Keypoints =>
    points.filter((_, i) => visibility[i >> 1] !== NOT_LABELED) as Keypoints
  const face = boundingBox(selectLabeled(keypoints))
  const prediction = boundingBox(selectLabeled(predicted))
  const faceRight = face.left + face.width
  const faceBottom = face.top + face.height
  const reach = MAX_REACH * Math.max(face.width, face.height)
  const left = Math.max(face.left - reach, Math.min(face.left, prediction.left))
  const top = Math.max(face.top - reach, Math.min(face.top, prediction.top))
  const right = Math.min(faceRight + reach, Math.max(faceRight, prediction.left + prediction.width))
  const bottom = Math.min(faceBottom + reach, Math.max(faceBottom, prediction.top + prediction.height))
  const size = Math.max(MIN_VIEW * image.width, right - left, bottom - top) * (1 + 2 * VIEW_MARGIN)
  return { left: (left + right - size) / 2, top: (top + bottom - size) / 2, size }
}

function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`
}
