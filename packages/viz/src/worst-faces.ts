import {
  boundingBox,
  FacekpError,
  type KeypointPart,
  type KeypointScheme,
  type Keypoints,
  NOT_LABELED,
  type Sample,
  toSourcePoints,
  type Visibility,
} from '@facekp/core'
import { type Normalization, normalizationLength, pointErrors } from '@facekp/metrics'
import { checkPrediction, type PredictedFace } from './face-gallery.ts'
import type { Plot } from './figure.ts'
import { marksLegend, offsetLines, partLines, photograph, pointMarks } from './picture.ts'
import { digits, figureOf, shortened, textAt, window } from './svg.ts'
import { INK, PREDICTION, TRUTH } from './theme.ts'

export interface WorstFacesOptions {
  readonly title?: string
  /** How many; default 6. */
  readonly count?: number
  /** What errors are divided by; default `interocular`. */
  readonly normalization?: Normalization
  /** Faces in a row; default 3. */
  readonly columns?: number
  /** Side of a picture; default 320. */
  readonly cellWidth?: number
}

/** Of what is seen around the points, as a fraction of their box. */
const MARGIN = 0.15
/** How far a view follows predictions that left the face, as a fraction of the face's box. */
const FARTHEST = 0.5
/** No view is smaller, as a fraction of the picture's width. */
const SMALLEST = 0.2

/**
 * The faces with the largest errors, worst first, each with its NME and its error in pixels of the original picture, and why: the part of
 * the face with the largest error is named, its points are drawn large and joined, the truth by a solid line and the prediction by a dashed
 * one. The view is cut to the face. Truth and prediction differ in color, brightness and shape.
 *
 * Throws `PLOT_EMPTY` where no face has a labeled point, `KEYPOINT_COUNT` where a prediction has not its sample's number of points, and
 * what `normalizationLength` of `@facekp/metrics` throws.
 *
 * @example
 * ```ts
 * const { faces } = await predict(model, test)
 * await writePlot(await worstFaces(faces.map(({ sample, points }) => ({ sample, prediction: points })), IBUG_68), 'worst.png')
 * ```
 */
export async function worstFaces(
  faces: readonly Pick<PredictedFace, 'sample' | 'predicted'>[],
  scheme: KeypointScheme,
  {
    title = 'Worst faces',
    count = 6,
    normalization = 'interocular',
    columns = 3,
    cellWidth = 320,
  }: WorstFacesOptions = {},
): Promise<Plot> {
  const measured = faces.flatMap((face) => measure(face, scheme, normalization)).sort((a, b) => b.nme - a.nme)
  const worst = measured.slice(0, count)
  if (worst.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no face to draw' })
  const [head, gap, caption] = [54, 20, 46]
  const drawn = await Promise.all(
    worst.map(async (face, i) => {
      const [x, y] = [(i % columns) * (cellWidth + gap), head + Math.floor(i / columns) * (cellWidth + caption + gap)]
      return `<g transform="translate(${x} ${y})">${await drawFace(face, i + 1, cellWidth)}</g>`
    }),
  )
  const content = [
    marksLegend(),
    textAt(
      0,
      36,
      `The part with the largest error is joined: the truth solid, the prediction dashed. NME is ${normalization}.`,
      {
        color: INK.soft,
      },
    ),
    ...drawn,
  ]
  const [across, down] = [Math.min(columns, worst.length), Math.ceil(worst.length / columns)]
  return figureOf(
    title,
    across * (cellWidth + gap) - gap,
    head + down * (cellWidth + caption + gap) - gap,
    content.join(''),
  )
}

interface KeypointPair {
  readonly sample: Sample
  readonly prediction: Keypoints
  readonly nme: number
  readonly errorPx: number
  /** The part with the largest error; absent where the scheme has no parts. */
  readonly part?: { readonly part: KeypointPart; readonly nme: number; readonly errorPx: number } | undefined
}

/** One face measured; none where it has no labeled point. */
function measure(
  face: Pick<PredictedFace, 'sample' | 'predicted'>,
  scheme: KeypointScheme,
  by: Normalization,
): KeypointPair[] {
  checkPrediction(face)
  const { sample, predicted: prediction } = face
  const { id, visibility, box } = sample
  if (visibility.every((state) => state === NOT_LABELED)) return []
  const target = toSourcePoints(sample, sample.keypoints)
  const original = { id, target, predicted: toSourcePoints(sample, prediction), visibility, box }
  const errors = pointErrors(original)
  const length = normalizationLength(original, scheme, by)
  const over = (points: readonly number[]): number => {
    const known = points.map((point) => errors[point] as number).filter((error) => !Number.isNaN(error))
    return known.reduce((sum, error) => sum + error, 0) / known.length
  }
  const errorPx = over([...errors.keys()])
  const [part] = scheme.parts
    .map((one) => ({ part: one, errorPx: over(one.indices), nme: over(one.indices) / length }))
    .filter((one) => !Number.isNaN(one.errorPx))
    .sort((a, b) => b.errorPx - a.errorPx)
  return [{ sample, prediction, nme: errorPx / length, errorPx, part }]
}

async function drawFace(
  { sample, prediction, nme, errorPx, part }: KeypointPair,
  rank: number,
  cell: number,
): Promise<string> {
  const { keypoints, image } = sample
  const view = viewOf(sample, prediction)
  const scale = cell / view.side
  const isWorst = new Set(part?.part.indices)
  const only = (worst: boolean): Visibility =>
    sample.visibility.map((state, point) => (isWorst.has(point) === worst ? state : NOT_LABELED))
  const [bad, others] = [only(true), only(false)]
  const joined = { parts: part ? [part.part] : [] }
  const small = sample.visibility.length > 10 ? 2.3 : 4
  const drawing = [
    await photograph(image, image.width * scale),
    `<g opacity="0.85">`,
    pointMarks(keypoints, others, scale, { color: TRUTH, shape: 'ring', radius: small }),
    pointMarks(prediction, others, scale, { color: PREDICTION, shape: 'cross', radius: small }),
    '</g>',
    offsetLines({ keypoints, visibility: bad }, prediction, scale),
    partLines(keypoints, bad, joined, scale, { color: TRUTH, width: 2 }),
    partLines(prediction, bad, joined, scale, { color: PREDICTION, width: 2, dashes: '6 4' }),
    pointMarks(keypoints, bad, scale, { color: TRUTH, shape: 'ring', radius: 1.8 * small }),
    pointMarks(prediction, bad, scale, { color: PREDICTION, shape: 'cross', radius: 1.8 * small }),
  ]
  const moved = `<g transform="translate(${digits(-view.left * scale)} ${digits(-view.top * scale)})">${drawing.join('')}</g>`
  return [
    `<rect width="${cell}" height="${cell}" fill="${INK.panel}"/>`,
    window(cell, cell, moved),
    textAt(0, cell + 18, shortened(`${rank}  ${sample.id}`, Math.max(8, Math.floor((cell - 105) / 7.4))), {
      color: INK.soft,
    }),
    textAt(cell, cell + 18, `NME ${percent(nme)}`, { anchor: 'end', bold: true }),
    part ? textAt(0, cell + 38, `${part.part.name}: ${percent(part.nme)}, ${part.errorPx.toFixed(1)} px`) : '',
    textAt(cell, cell + 38, `${errorPx.toFixed(1)} px`, { anchor: 'end', bold: true }),
  ].join('')
}

/** The square around truth and prediction, in pixels along the edges of the sample's image. */
function viewOf(
  { keypoints, visibility, image }: Sample,
  prediction: Keypoints,
): { left: number; top: number; side: number } {
  const labeled = (points: Keypoints): Keypoints =>
    points.filter((_, i) => visibility[i >> 1] !== NOT_LABELED) as Keypoints
  const face = boundingBox(labeled(keypoints))
  const found = boundingBox(labeled(prediction))
  const reach = FARTHEST * Math.max(face.width, face.height)
  const left = Math.max(face.left - reach, Math.min(face.left, found.left))
  const top = Math.max(face.top - reach, Math.min(face.top, found.top))
  const right = Math.min(face.left + face.width + reach, Math.max(face.left + face.width, found.left + found.width))
  const bottom = Math.min(face.top + face.height + reach, Math.max(face.top + face.height, found.top + found.height))
  const side = Math.max(SMALLEST * image.width, right - left, bottom - top) * (1 + 2 * MARGIN)
  return { left: (left + right - side) / 2, top: (top + bottom - side) / 2, side }
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}
