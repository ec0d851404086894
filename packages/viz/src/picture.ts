import {
  type Image,
  type KeypointScheme,
  type Keypoints,
  NOT_LABELED,
  type Sample,
  VISIBLE,
  type Visibility,
} from '@facekp/core'
import { encodePng } from '@facekp/image'
import { digits, textAt } from './svg.ts'
import { PREDICTION, TRUTH } from './theme.ts'

/** The photograph as an SVG element of this width; its height follows. */
export async function photograph(image: Image, width: number): Promise<string> {
  const png = await encodePng({ ...image, data: bytesOf(image) })
  const height = (width * image.height) / image.width
  return `<image width="${digits(width)}" height="${digits(height)}" preserveAspectRatio="none" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`
}

/** Bytes as they are; real numbers stretched from their smallest to their largest. */
function bytesOf({ data }: Image): Uint8Array {
  if (data instanceof Uint8Array) return data
  const [low, high] = data.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  const range = high > low ? high - low : 1
  return Uint8Array.from(data, (value) => Math.round(((value - low) / range) * 255))
}

export interface Marks {
  readonly color: string
  readonly shape: 'ring' | 'cross'
  readonly radius: number
}

/** Where a point lies on a photograph that is drawn `scale` times as large: its pixel's center. */
export function place(coordinate: number, scale: number): number {
  return (coordinate + 0.5) * scale
}

/** Labeled points as rings or crosses with a dark edge, hollow where they are not in sight. */
export function pointMarks(
  keypoints: Keypoints,
  visibility: Visibility,
  scale: number,
  { color, shape, radius }: Marks,
): string {
  const marks: string[] = []
  for (const [point, state] of visibility.entries()) {
    if (state === NOT_LABELED) continue
    const [x, y] = [place(keypoints[2 * point] as number, scale), place(keypoints[2 * point + 1] as number, scale)]
    if (shape === 'ring') {
      const fill = state === VISIBLE ? color : 'none'
      marks.push(
        `<circle cx="${digits(x)}" cy="${digits(y)}" r="${radius}" fill="${fill}" fill-opacity="0.55" stroke="#000000" stroke-width="${digits(radius * 0.9)}" stroke-opacity="0.45"/><circle cx="${digits(x)}" cy="${digits(y)}" r="${radius}" fill="none" stroke="${color}" stroke-width="${digits(radius * 0.45)}"/>`,
      )
    } else {
      const d = `M${digits(x - radius)} ${digits(y - radius)}L${digits(x + radius)} ${digits(y + radius)}M${digits(x - radius)} ${digits(y + radius)}L${digits(x + radius)} ${digits(y - radius)}`
      marks.push(
        `<path d="${d}" stroke="#000000" stroke-opacity="0.5" stroke-width="${digits(radius)}" stroke-linecap="round"/><path d="${d}" stroke="${color}" stroke-width="${digits(radius * 0.55)}" stroke-linecap="round"/>`,
      )
    }
  }
  return marks.join('')
}

/** From each labeled point to where it was predicted. */
export function offsetLines(
  { keypoints, visibility }: Pick<Sample, 'keypoints' | 'visibility'>,
  prediction: Keypoints,
  scale: number,
): string {
  const at = (points: Keypoints, i: number): string => digits(place(points[i] as number, scale))
  return [...visibility.entries()]
    .filter(([, state]) => state !== NOT_LABELED)
    .map(([point]) => {
      const i = 2 * point
      // White by name: on a photograph it stays so in every theme.
      return `<line x1="${at(keypoints, i)}" y1="${at(keypoints, i + 1)}" x2="${at(prediction, i)}" y2="${at(prediction, i + 1)}" stroke="white" stroke-opacity="0.85" stroke-width="1.5"/>`
    })
    .join('')
}

/** What marks truth and what prediction, told above a picture. */
export function marksLegend(): string {
  const one = Float32Array.of(0, 0)
  const visible = Uint8Array.of(VISIBLE)
  const mark = (x: number, content: string): string => `<g transform="translate(${x} 7)">${content}</g>`
  return [
    mark(5, pointMarks(one, visible, 1, { color: TRUTH, shape: 'ring', radius: 5 })),
    textAt(18, 12, 'truth'),
    mark(75, pointMarks(one, visible, 1, { color: PREDICTION, shape: 'cross', radius: 5 })),
    textAt(88, 12, 'prediction'),
  ].join('')
}

/** Lines along parts: thin ones, or wide and dashed ones. */
export function partLines(
  keypoints: Keypoints,
  visibility: Visibility,
  { parts }: Pick<KeypointScheme, 'parts'>,
  scale: number,
  { color, width = 1, dashes }: { readonly color: string; readonly width?: number; readonly dashes?: string },
): string {
  const dashed = dashes ? ` stroke-dasharray="${dashes}"` : ''
  return parts
    .flatMap(({ indices, closed }) => {
      const labeled = indices.filter((point) => visibility[point] !== NOT_LABELED)
      if (labeled.length < 2) return []
      const points = labeled.map(
        (point) =>
          `${digits(place(keypoints[2 * point] as number, scale))},${digits(place(keypoints[2 * point + 1] as number, scale))}`,
      )
      return [
        `<${closed ? 'polygon' : 'polyline'} points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}" stroke-opacity="0.7"${dashed}/>`,
      ]
    })
    .join('')
}
