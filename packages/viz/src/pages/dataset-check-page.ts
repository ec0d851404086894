import {
  type Box,
  boundingBox,
  checkArgument,
  cropAndResize,
  type Dataset,
  imageBox,
  isFacekpError,
  type KeypointScheme,
  NOT_LABELED,
  objectKind,
  optionsKind,
  type Sample,
  warpSample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { writeFileAtomic } from '@facekp/files'
import { limitKind } from '../checks.ts'
import { renderImage } from '../drawing/image-element.ts'
import { renderParts, renderPoints } from '../drawing/keypoint-marks.ts'
import { escapeText } from '../drawing/svg.ts'
import { PREDICTED_COLOR, TARGET_COLOR } from '../drawing/theme.ts'
import { renderHeading, renderPage, renderParagraph, renderTable, renderTiles } from './page.ts'

const RENDER_DATASET_CHECK_CHECK = objectKind({ faults: KINDS.array })
const RENDER_DATASET_CHECK_OPTIONS = optionsKind({
  title: KINDS.string,
  maxPerKind: limitKind(KINDS.count),
  signal: KINDS.signal,
})

/** What `checkDataset` of `@facekp/data-formats` returns. */
export interface CheckedDataset {
  readonly faults: readonly CheckedFault[]
  /** Number of samples that were checked. */
  readonly samples: number
  /** Number of faces by their size in pixels. */
  readonly sizes: Readonly<Record<string, number>>
}

/** A fault of one sample. */
export interface CheckedFault {
  /** Such as `outside`; the page has a section per kind. */
  readonly kind: string
  /** Name of the split, and position and id of the sample in it. */
  readonly split: string
  readonly index: number
  readonly id: string
  readonly message: string
  /** Points that are concerned, which are drawn in red. */
  readonly points?: readonly number[]
}

/** What to show. */
export interface DatasetCheckPageOptions {
  /** Default `Dataset check`. */
  readonly title?: string
  /** Thumbnails per kind of fault, Infinity for all; default 60. */
  readonly maxPerKind?: number
  readonly signal?: AbortSignal
}

/** Width and height of a thumbnail in pixels. */
const THUMBNAIL = 200

const HEADINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    missingImage: 'Missing images',
    unreadable: 'Images that cannot be read',
    wrongSize: 'Images of another size than stated',
    noLabels: 'Faces without labeled points',
    outside: 'Points outside the image',
    degenerateBox: 'Boxes without extent',
    smallFace: 'Small faces',
    duplicateId: 'Ids that occur more than once',
    duplicateImage: 'Images that occur more than once',
    duplicateFace: 'Faces that occur more than once',
    sharedImage: 'Images in two splits',
    swappedSides: 'Left and right exchanged',
    outlierShape: 'Unusual shapes',
  }),
)

/**
 * Renders the result of `checkDataset` as one self-contained HTML page, light and dark: faults by kind, each with a thumbnail of its face, the points (those
 * concerned in red), the id and the message.
 *
 * @param check result of `checkDataset` of `@facekp/data-formats`
 * @param datasets the dataset that was checked, or its splits by name
 * @throws the signal's reason once it is aborted
 * @example
 * ```ts no-run
 * import { checkDataset } from '@facekp/data-formats'
 * import { readDataset } from '@facekp/data-formats/node'
 * import { writeDatasetCheck } from '@facekp/viz'
 *
 * const faces = await readDataset('faces/annotations.xml', { missingImages: 'keep' })
 * await writeDatasetCheck(await checkDataset(faces), faces, 'out/check.html')
 * ```
 */
export async function renderDatasetCheck(
  check: CheckedDataset,
  datasets: Dataset | Readonly<Record<string, Dataset>>,
  options: DatasetCheckPageOptions = {},
): Promise<string> {
  checkArgument(RENDER_DATASET_CHECK_CHECK, check, 'check', 'renderDatasetCheck')
  checkArgument(KINDS.object, datasets, 'datasets', 'renderDatasetCheck')
  checkArgument(RENDER_DATASET_CHECK_OPTIONS, options, 'options', 'renderDatasetCheck')
  const { title = 'Dataset check', maxPerKind = 60, signal } = options
  const { faults, samples, sizes } = check
  const affected = new Set(faults.map(({ split, index }) => JSON.stringify([split, index]))).size
  const body = [
    renderTiles([
      { label: 'samples', value: String(samples) },
      { label: 'samples with faults', value: String(affected) },
      { label: 'faults', value: String(faults.length) },
    ]),
    ...(faults.length === 0 ? [renderParagraph('No faults found.')] : []),
  ]
  for (const kind of new Set(faults.map((fault) => fault.kind))) {
    const ofKind = faults.filter((fault) => fault.kind === kind)
    const cards: string[] = []
    for (const fault of ofKind.slice(0, maxPerKind)) {
      signal?.throwIfAborted()
      cards.push(await renderCard(fault, datasets))
    }
    body.push(
      renderHeading(`${HEADINGS.get(kind) ?? kind}: ${ofKind.length}`),
      `<div class="cards">${cards.join('')}</div>`,
    )
    if (ofKind.length > maxPerKind) body.push(renderParagraph(`${ofKind.length - maxPerKind} more are not shown.`))
  }
  const rows = Object.entries(sizes).map(([size, count]) => [size, String(count)])
  body.push(renderHeading('Size of the faces'), renderTable(['longer side in pixels', 'faces'], rows))
  return renderPage(title, body)
}

/**
 * Writes the page of {@link renderDatasetCheck} as an HTML file, completely or not at all.
 *
 * @param path its folder is created
 * @throws FacekpError `PLOT_NOT_WRITTEN` if the file cannot be written
 */
export async function writeDatasetCheck(
  check: CheckedDataset,
  datasets: Dataset | Readonly<Record<string, Dataset>>,
  path: string,
  options: DatasetCheckPageOptions = {},
): Promise<void> {
  checkArgument(KINDS.object, check, 'check', 'writeDatasetCheck')
  checkArgument(KINDS.object, datasets, 'datasets', 'writeDatasetCheck')
  checkArgument(KINDS.path, path, 'path', 'writeDatasetCheck')
  checkArgument(KINDS.object, options, 'options', 'writeDatasetCheck')
  await writeFileAtomic(path, await renderDatasetCheck(check, datasets, options), 'PLOT_NOT_WRITTEN')
}

async function renderCard(fault: CheckedFault, datasets: Dataset | Readonly<Record<string, Dataset>>): Promise<string> {
  const { id, split, message, index } = fault
  const isSingle = isDataset(datasets)
  const dataset = isSingle ? datasets : datasets[split]
  const sample = await dataset?.get(index).catch((error: unknown) => {
    if (!isFacekpError(error)) throw error
    return undefined
  })
  const thumbnail = dataset && sample ? await renderThumbnail(sample, dataset.scheme, fault) : '<div>no image</div>'
  const name = isSingle ? id : `${split}: ${id}`
  return `<figure>${thumbnail}<figcaption><strong>${escapeText(name)}</strong>${escapeText(message)}</figcaption></figure>`
}

async function renderThumbnail(
  sample: Sample,
  scheme: KeypointScheme,
  { kind, points = [] }: CheckedFault,
): Promise<string> {
  const region = chooseRegion(sample, kind)
  const scale = THUMBNAIL / Math.max(region.width, region.height)
  const width = Math.max(1, Math.round(scale * region.width))
  const height = Math.max(1, Math.round(scale * region.height))
  const face = warpSample(sample, cropAndResize(region, width, height), { width, height, border: { constant: 0 } })
  const select = (isConcerned: boolean): Sample => ({
    ...face,
    visibility: face.visibility.map((state, point) => (points.includes(point) === isConcerned ? state : NOT_LABELED)),
  })
  const radius = face.visibility.length > 10 ? 1.8 : 3.5
  return [
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    await renderImage(face.image, width),
    renderParts(face, scheme.parts, 1, { color: TARGET_COLOR }),
    renderPoints(select(false), 1, { color: TARGET_COLOR, shape: 'ring', radius }),
    renderPoints(select(true), 1, { color: PREDICTED_COLOR, shape: 'ring', radius: radius + 1 }),
    '</svg>',
  ].join('')
}

/** Kinds of fault that the whole image shows; the others are shown by the face. */
const WHOLE_IMAGE = new Set(['noLabels', 'outside', 'duplicateImage', 'sharedImage', 'degenerateBox'])
/** Margin around a face, as a fraction of its extent. */
const MARGIN = 0.35
const MIN_REGION = 16
/** Margin around points outside the image, as a fraction of what is shown: their marks are shown whole. */
const OUTSIDE_MARGIN = 0.04
/** Points further outside than this many times the image are not shown. */
const MAX_REGION = 3

function chooseRegion({ image, keypoints, visibility }: Sample, kind: string): Box {
  const whole = imageBox(image)
  const labeled = keypoints.filter((_, i) => visibility[i >> 1] !== NOT_LABELED)
  if (labeled.length === 0) return whole
  const points = boundingBox(labeled)
  const extent = Math.max(points.width, points.height, MIN_REGION)
  const face = growBox(points, MARGIN * extent)
  if (!WHOLE_IMAGE.has(kind)) return face
  if (kind !== 'outside') return whole
  const limit = growBox(whole, MAX_REGION * Math.max(image.width, image.height))
  const near = intersectBoxes(points, limit)
  const { width, height } = joinBoxes(whole, near)
  return joinBoxes(whole, growBox(near, OUTSIDE_MARGIN * Math.max(width, height)))
}

function growBox({ left, top, width, height }: Box, margin: number): Box {
  return { left: left - margin, top: top - margin, width: width + 2 * margin, height: height + 2 * margin }
}

function joinBoxes(a: Box, b: Box): Box {
  return combineBoxes(a, b, Math.min, Math.max)
}

function intersectBoxes(a: Box, b: Box): Box {
  return combineBoxes(a, b, Math.max, Math.min)
}

type Choose = (a: number, b: number) => number

function combineBoxes(a: Box, b: Box, chooseStart: Choose, chooseEnd: Choose): Box {
  const left = chooseStart(a.left, b.left)
  const top = chooseStart(a.top, b.top)
  const width = chooseEnd(a.left + a.width, b.left + b.width) - left
  const height = chooseEnd(a.top + a.height, b.top + b.height) - top
  return { left, top, width: Math.max(0, width), height: Math.max(0, height) }
}

function isDataset(value: Dataset | Readonly<Record<string, Dataset>>): value is Dataset {
  return typeof (value as Dataset).get === 'function'
}
