import { type KeypointPart, type Keypoints, NOT_LABELED, type Sample, VISIBLE } from '@facekp/core'
import { formatCoordinate, renderText } from './svg.ts'
import { PREDICTED_COLOR, TARGET_COLOR } from './theme.ts'

/** Keypoints with their visibility. */
export type MarkedPoints = Pick<Sample, 'keypoints' | 'visibility'>

export interface PointStyle {
  readonly color: string
  readonly shape: 'ring' | 'cross'
  /** In pixels of the plot. */
  readonly radius: number
}

/** Converts a point coordinate to the plot: the center of its pixel in an image drawn `scale` times as large. */
export function pixelCenter(coordinate: number, scale: number): number {
  return (coordinate + 0.5) * scale
}

/** Renders labeled points as rings or crosses with a dark edge; rings of hidden points are hollow. */
export function renderPoints({ keypoints, visibility }: MarkedPoints, scale: number, style: PointStyle): string {
  const marks: string[] = []
  for (const [point, state] of visibility.entries()) {
    if (state === NOT_LABELED) continue
    const x = pixelCenter(keypoints[2 * point] as number, scale)
    const y = pixelCenter(keypoints[2 * point + 1] as number, scale)
    marks.push(style.shape === 'ring' ? renderRing(x, y, style, state === VISIBLE) : renderCross(x, y, style))
  }
  return marks.join('')
}

function renderRing(x: number, y: number, { color, radius }: PointStyle, isFilled: boolean): string {
  const center = `cx="${formatCoordinate(x)}" cy="${formatCoordinate(y)}"`
  const fill = isFilled ? color : 'none'
  return `<circle ${center} r="${radius}" fill="${fill}" fill-opacity="0.55" stroke="#000000" stroke-width="${formatCoordinate(radius * 0.9)}" stroke-opacity="0.45"/><circle ${center} r="${radius}" fill="none" stroke="${color}" stroke-width="${formatCoordinate(radius * 0.45)}"/>`
}

function renderCross(x: number, y: number, { color, radius }: PointStyle): string {
  const left = formatCoordinate(x - radius)
  const right = formatCoordinate(x + radius)
  const top = formatCoordinate(y - radius)
  const bottom = formatCoordinate(y + radius)
  const path = `M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}`
  return `<path d="${path}" stroke="#000000" stroke-opacity="0.5" stroke-width="${formatCoordinate(radius)}" stroke-linecap="round"/><path d="${path}" stroke="${color}" stroke-width="${formatCoordinate(radius * 0.55)}" stroke-linecap="round"/>`
}

/** Renders a line from each labeled target point to its prediction. */
export function renderOffsets({ keypoints, visibility }: MarkedPoints, predicted: Keypoints, scale: number): string {
  const place = (points: Keypoints, i: number): string => formatCoordinate(pixelCenter(points[i] as number, scale))
  return [...visibility.entries()]
    .filter(([, state]) => state !== NOT_LABELED)
    .map(([point]) => {
      const i = 2 * point
      // The color name, unlike a hex color, is the same in every theme.
      return `<line x1="${place(keypoints, i)}" y1="${place(keypoints, i + 1)}" x2="${place(predicted, i)}" y2="${place(predicted, i + 1)}" stroke="white" stroke-opacity="0.85" stroke-width="1.5"/>`
    })
    .join('')
}

/** Renders the legend of target and predicted points. */
export function renderLegend(): string {
  const point: MarkedPoints = { keypoints: Float32Array.of(0, 0), visibility: Uint8Array.of(VISIBLE) }
  const mark = (x: number, content: string): string => `<g transform="translate(${x} 7)">${content}</g>`
  return [
    mark(5, renderPoints(point, 1, { color: TARGET_COLOR, shape: 'ring', radius: 5 })),
    renderText(18, 12, 'target'),
    mark(80, renderPoints(point, 1, { color: PREDICTED_COLOR, shape: 'cross', radius: 5 })),
    renderText(93, 12, 'predicted'),
  ].join('')
}

export interface LineStyle {
  readonly color: string
  /** In pixels of the plot, default 1. */
  readonly width?: number
  /** SVG dash pattern; default solid. */
  readonly dashes?: string
}

/** Renders a line through the labeled points of each part. */
export function renderParts(
  { keypoints, visibility }: MarkedPoints,
  parts: readonly KeypointPart[],
  scale: number,
  { color, width = 1, dashes }: LineStyle,
): string {
  const dashArray = dashes ? ` stroke-dasharray="${dashes}"` : ''
  const place = (i: number): string => formatCoordinate(pixelCenter(keypoints[i] as number, scale))
  return parts
    .flatMap(({ indices, closed }) => {
      const labeled = indices.filter((point) => visibility[point] !== NOT_LABELED)
      if (labeled.length < 2) return []
      const points = labeled.map((point) => `${place(2 * point)},${place(2 * point + 1)}`)
      return [
        `<${closed ? 'polygon' : 'polyline'} points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}" stroke-opacity="0.7"${dashArray}/>`,
      ]
    })
    .join('')
}
