import { FacekpError, type KeypointScheme, type Keypoints, VISIBLE } from '@facekp/core'
import type { Plot } from './figure.ts'
import { partNames } from './part-names.ts'
import { partLines, place } from './picture.ts'
import { digits, figureOf, textAt } from './svg.ts'
import { INK } from './theme.ts'

/** No ring is drawn wider than this, as a fraction of the face: rings of large errors would hide it and each other. */
const WIDEST_RING = 1 / 14

/** The errors of a network, by point and by part, in pixels of the original pictures; NaN where nothing was measured. */
export interface KeypointErrors {
  readonly scheme: KeypointScheme
  /** The mean face: N points, x to the right and y down, in pixels of the original pictures. */
  readonly meanShape: Keypoints
  /** One a point. */
  readonly pointErrorsPx: readonly number[]
  readonly partErrors: readonly { readonly name: string; readonly errorPx: number }[]
}

const [FACE, PANEL, GUTTER, LEGEND] = [520, 380, 40, 44]
/** From the smallest error to the largest; legible on light and on dark. */
const STOPS = [
  [59, 130, 246],
  [217, 150, 20],
  [220, 38, 38],
] as const

/**
 * Errors as a picture: on the mean face a disc a point, its color telling the error and the radius of the ring around it
 * the error on that face, or a half, a quarter ... of it where errors are large, as the legend says; beside it a bar a part, and the
 * points that are worst. Throws `PLOT_EMPTY` where no point has an error and
 * `KEYPOINT_COUNT` where there is not one error and one place a point.
 *
 * @example
 * ```ts
 * const pointErrors = pointErrorsPx(faces)
 * await errorMap({ scheme: IMM_58, meanFace, pointErrors, partErrors: partErrorsPx(pointErrors, IMM_58) })
 * ```
 */
export async function errorMap(
  { scheme, meanShape, pointErrorsPx, partErrors }: KeypointErrors,
  { title = 'Error by point and by part' }: { readonly title?: string } = {},
): Promise<Plot> {
  const count = scheme.pointNames.length
  if (pointErrorsPx.length !== count || meanShape.length !== 2 * count) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `errors or mean face are not those of scheme ${scheme.name}`,
      received: `${pointErrorsPx.length} errors, ${meanShape.length / 2} points`,
      expected: String(count),
    })
  }
  const ranked = [...pointErrorsPx.keys()]
    .filter((point) => Number.isFinite(pointErrorsPx[point]) && Number.isFinite(meanShape[2 * point]))
    .sort((a, b) => (pointErrorsPx[b] as number) - (pointErrorsPx[a] as number))
  if (ranked.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no error to draw' })
  const [least, most] = [pointErrorsPx[ranked.at(-1) as number] as number, pointErrorsPx[ranked[0] as number] as number]
  const colorOf = (error: number): string => between((error - least) / (most - least || 1))

  const parts = partsOfError(meanShape, most, ranked)
  const radii = pointErrorsPx.map((error) => error / parts)
  const { points, scale, height } = fitted(meanShape, radii, ranked)
  const visibility = Uint8Array.from({ length: count }, (_, point) => (ranked.includes(point) ? VISIBLE : 0))
  const discs = ranked.toReversed().map((point) => {
    const [x, y] = [points[2 * point] as number, points[2 * point + 1] as number]
    const at = `cx="${digits(place(x, 1))}" cy="${digits(place(y, 1))}"`
    const color = colorOf(pointErrorsPx[point] as number)
    return `<circle ${at} r="${digits((radii[point] as number) * scale)}" fill="${color}" fill-opacity="0.12" stroke="${color}" stroke-opacity="0.45"/><circle ${at} r="4.5" fill="${color}"/>`
  })
  const measured = scheme.parts.filter(({ name }) =>
    partErrors.some((part) => part.name === name && Number.isFinite(part.errorPx)),
  )
  const side = panel(partErrors, ranked.slice(0, 5), scheme, pointErrorsPx, colorOf)
  const content = [
    legend(least, most, parts),
    `<g transform="translate(0 ${LEGEND})">`,
    partLines(points, visibility, scheme, 1, { color: INK.soft }),
    ...discs,
    ...partNames(points, { parts: measured }, ranked, FACE),
    '</g>',
    `<g transform="translate(${FACE + GUTTER} ${LEGEND})">${side.content}</g>`,
  ]
  return figureOf(title, FACE + GUTTER + PANEL, LEGEND + Math.max(height, side.height), content.join(''))
}

/** Into how many parts an error is divided, one of which its ring tells: 1, 2, 4 ... */
function partsOfError(meanFace: Keypoints, largest: number, known: readonly number[]): number {
  const span = (axis: 0 | 1): number => {
    const places = known.map((point) => meanFace[2 * point + axis] as number)
    return Math.max(...places) - Math.min(...places)
  }
  const face = Math.max(span(0), span(1))
  return face > 0 ? 2 ** Math.max(0, Math.ceil(Math.log2(largest / (WIDEST_RING * face)))) : 1
}

/** The mean face moved and enlarged, so that it fills the left side with its rings. */
function fitted(
  meanFace: Keypoints,
  radii: readonly number[],
  known: readonly number[],
): { points: Keypoints; scale: number; height: number } {
  const extent = (axis: 0 | 1): readonly [from: number, span: number] => {
    const place = (point: number): number => meanFace[2 * point + axis] as number
    const from = Math.min(...known.map((point) => place(point) - (radii[point] as number)))
    return [from, Math.max(...known.map((point) => place(point) + (radii[point] as number))) - from]
  }
  const [[left, width], [top, height]] = [extent(0), extent(1)]
  const margin = 12
  const scale = (FACE - 2 * margin) / Math.max(1, width, height)
  const across = (FACE - width * scale) / 2
  return {
    points: meanFace.map((value, i) =>
      i % 2 === 0 ? (value - left) * scale + across : (value - top) * scale + margin,
    ),
    scale,
    height: 2 * margin + height * scale,
  }
}

function legend(least: number, most: number, parts: number): string {
  const steps = 24
  const bar = Array.from(
    { length: steps },
    (_, i) => `<rect x="${70 + i * 8}" y="4" width="8.5" height="12" fill="${between(i / (steps - 1))}"/>`,
  )
  return [
    textAt(62, 15, px(least), { anchor: 'end' }),
    ...bar,
    textAt(78 + steps * 8, 15, px(most)),
    textAt(
      150 + steps * 8,
      15,
      `a disc a point; the radius of its ring is ${parts === 1 ? '' : `1/${parts} of `}its mean error`,
      {
        color: INK.soft,
      },
    ),
  ].join('')
}

function panel(
  parts: KeypointErrors['partErrors'],
  worst: readonly number[],
  { pointNames }: KeypointScheme,
  pointErrors: readonly number[],
  colorOf: (error: number) => string,
): { content: string; height: number } {
  const known = parts.filter(({ errorPx }) => Number.isFinite(errorPx))
  const longest = Math.max(...known.map(({ errorPx }) => errorPx))
  const [label, row] = [90, 30]
  const bars = known.flatMap(({ name, errorPx }, i) => {
    const y = 32 + i * row
    const length = ((PANEL - label - 70) * errorPx) / longest
    return [
      textAt(label - 8, y + 14, name, { anchor: 'end' }),
      `<rect x="${label}" y="${y}" width="${digits(length)}" height="20" rx="2" fill="${colorOf(errorPx)}"/>`,
      textAt(label + length + 8, y + 15, px(errorPx), { bold: true }),
    ]
  })
  const top = 32 + known.length * row + 40
  const named = worst.flatMap((point, i) => [
    textAt(0, top + 28 + i * 22, `${point}  ${pointNames[point]}`),
    textAt(PANEL, top + 28 + i * 22, px(pointErrors[point] as number), { anchor: 'end', bold: true }),
  ])
  return {
    content: [
      textAt(0, 14, 'By part', { size: 15, bold: true }),
      ...bars,
      textAt(0, top, 'Worst points', { size: 15, bold: true }),
      ...named,
    ].join(''),
    height: top + 28 + worst.length * 22,
  }
}

/** A color of the scale, 0 its first, 1 its last. */
function between(part: number): string {
  const at = Math.min(1, Math.max(0, part)) * (STOPS.length - 1)
  const first = Math.min(STOPS.length - 2, Math.floor(at))
  const [from, to] = [STOPS[first], STOPS[first + 1]] as [readonly number[], readonly number[]]
  const mixed = from.map((value, i) => Math.round(value + (at - first) * ((to[i] as number) - value)))
  return `rgb(${mixed.join()})`
}

function px(value: number): string {
  return `${value.toFixed(1)} px`
}
