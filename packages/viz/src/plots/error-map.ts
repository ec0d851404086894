import {
  checkArgument,
  FacekpError,
  type KeypointScheme,
  type Keypoints,
  listKind,
  objectKind,
  optionsKind,
  VISIBLE,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { pixelCenter, renderParts } from '../drawing/keypoint-marks.ts'
import { createPlot, type Plot } from '../drawing/plot.ts'
import { formatCoordinate, renderText } from '../drawing/svg.ts'
import { COLORS } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'
import { renderPartNames } from './part-names.ts'

const ERROR_MAP_ERRORS = objectKind({
  scheme: KINDS.scheme,
  meanShape: KINDS.keypoints,
  pointErrorsPx: KINDS.numbers,
  partErrors: listKind(objectKind({ name: KINDS.string })),
})
const ERROR_MAP_OPTIONS = optionsKind({ title: KINDS.string })

/**
 * Mean errors by point and by part, in pixels of the original images: NaN if a point or part was not measured, Infinity if a prediction of
 * it is NaN. A plot has neither.
 */
export interface KeypointErrors {
  readonly scheme: KeypointScheme
  /** N points in pixels of the original images. */
  readonly meanShape: Keypoints
  /** Mean error of each of the N points. */
  readonly pointErrorsPx: readonly number[]
  readonly partErrors: readonly { readonly name: string; readonly errorPx: number }[]
}

/** Maximum radius of a ring, as a fraction of the face: larger rings would cover the face and each other. */
const MAX_RING = 1 / 14
const FACE_WIDTH = 520
const PANEL_WIDTH = 380
const GUTTER = 40
const LEGEND_HEIGHT = 44
const FACE_MARGIN = 12
/** Number of points listed with their errors. */
const LISTED_POINTS = 5

/** Colors from the smallest to the largest error, legible in both themes. */
const COLOR_STOPS = [
  [59, 130, 246],
  [217, 150, 20],
  [220, 38, 38],
] as const

/**
 * Plots errors by point on the mean shape, as colored discs with rings, and by part as bars, and lists the worst points.
 *
 * The radius of a ring is the point's mean error at the scale of the face, or 1/2, 1/4 … of it for large errors, as the legend says.
 *
 * @param options.title default `Error by point and by part`
 * @throws FacekpError `PLOT_EMPTY` if no point has an error, `KEYPOINT_COUNT` if the errors or the mean shape do not have N points
 * @example
 * ```ts
 * const errors = pointErrorsPx(predictions) // as partErrorsPx, of @facekp/trainer
 * await errorMap({ scheme: IMM_58, meanShape, pointErrorsPx: errors, partErrors: partErrorsPx(errors, IMM_58) })
 * ```
 */
export async function errorMap(errors: KeypointErrors, options: { readonly title?: string } = {}): Promise<Plot> {
  checkArgument(ERROR_MAP_ERRORS, errors, 'errors', 'errorMap')
  checkArgument(ERROR_MAP_OPTIONS, options, 'options', 'errorMap')
  const { title = 'Error by point and by part' } = options
  checkPointCount(errors)
  const { scheme, meanShape, pointErrorsPx, partErrors } = errors
  const ranked = rankPoints(errors)
  const min = pointErrorsPx[ranked.at(-1) as number] as number
  const max = pointErrorsPx[ranked[0] as number] as number
  const errorColor = (error: number): string => interpolateColor((error - min) / (max - min || 1))

  const ringDivisor = computeRingDivisor(meanShape, max, ranked)
  const radii = pointErrorsPx.map((error) => error / ringDivisor)
  const { points, scale, height } = fitToCanvas(meanShape, radii, ranked)
  const visibility = Uint8Array.from(pointErrorsPx, (_, point) => (ranked.includes(point) ? VISIBLE : 0))
  const discs = ranked.toReversed().map((point) => {
    const x = pixelCenter(points[2 * point] as number, 1)
    const y = pixelCenter(points[2 * point + 1] as number, 1)
    return renderDisc(x, y, (radii[point] as number) * scale, errorColor(pointErrorsPx[point] as number))
  })
  const measuredParts = scheme.parts.filter(({ name }) =>
    partErrors.some((part) => part.name === name && Number.isFinite(part.errorPx)),
  )
  const panel = renderErrorPanel(errors, ranked.slice(0, LISTED_POINTS), errorColor)
  const content = [
    renderColorScale(min, max, ringDivisor),
    `<g transform="translate(0 ${LEGEND_HEIGHT})">`,
    renderParts({ keypoints: points, visibility }, scheme.parts, 1, { color: COLORS.soft }),
    ...discs,
    ...renderPartNames(points, measuredParts, ranked, FACE_WIDTH),
    '</g>',
    `<g transform="translate(${FACE_WIDTH + GUTTER} ${LEGEND_HEIGHT})">${panel.content}</g>`,
  ]
  const width = FACE_WIDTH + GUTTER + PANEL_WIDTH
  return createPlot(title, width, LEGEND_HEIGHT + Math.max(height, panel.height), content.join(''))
}

function checkPointCount({ scheme, meanShape, pointErrorsPx }: KeypointErrors): void {
  const count = scheme.pointNames.length
  if (pointErrorsPx.length === count && meanShape.length === 2 * count) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: `the errors or the mean shape do not have the points of scheme ${scheme.name}`,
    received: `${pointErrorsPx.length} errors, ${meanShape.length / 2} points`,
    expected: String(count),
  })
}

/** Lists the points that have an error and a place, the largest error first. Throws `PLOT_EMPTY` without such points. */
function rankPoints({ meanShape, pointErrorsPx }: KeypointErrors): number[] {
  const ranked = [...pointErrorsPx.keys()]
    .filter((point) => Number.isFinite(pointErrorsPx[point]) && Number.isFinite(meanShape[2 * point]))
    .sort((a, b) => (pointErrorsPx[b] as number) - (pointErrorsPx[a] as number))
  if (ranked.length === 0) throw emptyPlotError('point with an error')
  return ranked
}

/** Computes the power of two that errors are divided by, so that rings stay small beside the face. */
function computeRingDivisor(meanShape: Keypoints, maxError: number, points: readonly number[]): number {
  const extent = (axis: 0 | 1): number => {
    const coordinates = points.map((point) => meanShape[2 * point + axis] as number)
    return Math.max(...coordinates) - Math.min(...coordinates)
  }
  const faceSize = Math.max(extent(0), extent(1))
  return faceSize > 0 ? 2 ** Math.max(0, Math.ceil(Math.log2(maxError / (MAX_RING * faceSize)))) : 1
}

/** Scales and shifts the mean shape so that it fills the canvas with its rings. */
function fitToCanvas(
  meanShape: Keypoints,
  radii: readonly number[],
  points: readonly number[],
): { readonly points: Keypoints; readonly scale: number; readonly height: number } {
  const measure = (axis: 0 | 1): { readonly start: number; readonly length: number } => {
    const coordinate = (point: number): number => meanShape[2 * point + axis] as number
    const start = Math.min(...points.map((point) => coordinate(point) - (radii[point] as number)))
    const end = Math.max(...points.map((point) => coordinate(point) + (radii[point] as number)))
    return { start, length: end - start }
  }
  const horizontal = measure(0)
  const vertical = measure(1)
  const scale = (FACE_WIDTH - 2 * FACE_MARGIN) / Math.max(1, horizontal.length, vertical.length)
  const left = (FACE_WIDTH - horizontal.length * scale) / 2
  return {
    points: meanShape.map((value, i) =>
      i % 2 === 0 ? (value - horizontal.start) * scale + left : (value - vertical.start) * scale + FACE_MARGIN,
    ),
    scale,
    height: 2 * FACE_MARGIN + vertical.length * scale,
  }
}

function renderDisc(x: number, y: number, ringRadius: number, color: string): string {
  const center = `cx="${formatCoordinate(x)}" cy="${formatCoordinate(y)}"`
  return `<circle ${center} r="${formatCoordinate(ringRadius)}" fill="${color}" fill-opacity="0.12" stroke="${color}" stroke-opacity="0.45"/><circle ${center} r="4.5" fill="${color}"/>`
}

function renderColorScale(min: number, max: number, ringDivisor: number): string {
  const steps = 24
  const bar = Array.from(
    { length: steps },
    (_, i) => `<rect x="${70 + i * 8}" y="4" width="8.5" height="12" fill="${interpolateColor(i / (steps - 1))}"/>`,
  )
  const note = `ring radius: mean error of the point${ringDivisor === 1 ? '' : ` / ${ringDivisor}`}`
  return [
    renderText(62, 15, formatPx(min), { anchor: 'end' }),
    ...bar,
    renderText(78 + steps * 8, 15, formatPx(max)),
    renderText(150 + steps * 8, 15, note, { color: COLORS.soft }),
  ].join('')
}

/** Renders the bars of the parts, and the points with the largest errors below. */
function renderErrorPanel(
  { scheme, pointErrorsPx, partErrors }: KeypointErrors,
  worstPoints: readonly number[],
  errorColor: (error: number) => string,
): { readonly content: string; readonly height: number } {
  const labelWidth = 90
  const rowHeight = 30
  const parts = partErrors.filter(({ errorPx }) => Number.isFinite(errorPx))
  const maxError = Math.max(...parts.map(({ errorPx }) => errorPx))
  const bars = parts.flatMap(({ name, errorPx }, i) => {
    const y = 32 + i * rowHeight
    const length = ((PANEL_WIDTH - labelWidth - 70) * errorPx) / (maxError || 1)
    return [
      renderText(labelWidth - 8, y + 14, name, { anchor: 'end' }),
      `<rect x="${labelWidth}" y="${y}" width="${formatCoordinate(length)}" height="20" rx="2" fill="${errorColor(errorPx)}"/>`,
      renderText(labelWidth + length + 8, y + 15, formatPx(errorPx), { bold: true }),
    ]
  })
  const top = 32 + parts.length * rowHeight + 40
  const pointRows = worstPoints.flatMap((point, i) => [
    renderText(0, top + 28 + i * 22, `${point}  ${scheme.pointNames[point]}`),
    renderText(PANEL_WIDTH, top + 28 + i * 22, formatPx(pointErrorsPx[point] as number), { anchor: 'end', bold: true }),
  ])
  return {
    content: [
      renderText(0, 14, 'Error by part', { size: 15, bold: true }),
      ...bars,
      renderText(0, top, 'Worst points', { size: 15, bold: true }),
      ...pointRows,
    ].join(''),
    height: top + 28 + worstPoints.length * 22,
  }
}

/** Interpolates the color scale at a fraction from 0 to 1. */
function interpolateColor(fraction: number): string {
  const position = Math.min(1, Math.max(0, fraction)) * (COLOR_STOPS.length - 1)
  const first = Math.min(COLOR_STOPS.length - 2, Math.floor(position))
  const from = COLOR_STOPS[first] as readonly number[]
  const to = COLOR_STOPS[first + 1] as readonly number[]
  const channels = from.map((value, i) => Math.round(value + (position - first) * ((to[i] as number) - value)))
  return `rgb(${channels.join()})`
}

function formatPx(value: number): string {
  return `${value.toFixed(1)} px`
}
