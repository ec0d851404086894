import { checkArgument, type KeypointScheme, listKind, optionsKind, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkSchemePoints } from '../checks.ts'
import { renderImage } from '../drawing/image-element.ts'
import { renderParts, renderPoints } from '../drawing/keypoint-marks.ts'
import { createPlot, type Plot } from '../drawing/plot.ts'
import { renderClipped, renderText, truncateMiddle } from '../drawing/svg.ts'
import { COLORS, PREDICTED_COLOR, TARGET_COLOR } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'

const SAMPLE_SHEET_SAMPLES = listKind(KINDS.sample)
const SAMPLE_SHEET_OPTIONS = optionsKind({
  title: KINDS.string,
  scheme: KINDS.scheme,
  isPrediction: KINDS.boolean,
  columns: KINDS.size,
  cellWidth: KINDS.positive,
})

export interface SampleSheetOptions {
  /** Default `Samples`. */
  readonly title?: string
  /** Draws the parts of this scheme as lines; default no lines. */
  readonly scheme?: KeypointScheme
  /** Draws the points as predictions (red) instead of targets (green); default false. */
  readonly isPrediction?: boolean
  /** Images per row, default 4. */
  readonly columns?: number
  /** Width of an image in pixels, default 220. */
  readonly cellWidth?: number
}

const GAP = 12
const CAPTION_HEIGHT = 20

/**
 * Plots samples in rows with their keypoints and ids. Hidden points are hollow; points without a label are omitted.
 *
 * @throws FacekpError `PLOT_EMPTY` if `samples` is empty, `KEYPOINT_COUNT` if a sample does not have the points of the scheme
 * @example
 * ```ts
 * await writePlot(await sampleSheet(samples, { title: 'Augmented', scheme: IMM_58 }), 'augmented.png')
 * ```
 */
export async function sampleSheet(samples: readonly Sample[], options: SampleSheetOptions = {}): Promise<Plot> {
  checkArgument(SAMPLE_SHEET_SAMPLES, samples, 'samples', 'sampleSheet')
  checkArgument(SAMPLE_SHEET_OPTIONS, options, 'options', 'sampleSheet')
  const { title = 'Samples', scheme, isPrediction = false, columns = 4, cellWidth = 220 } = options
  if (samples.length === 0) throw emptyPlotError('sample')
  if (scheme) for (const { id, keypoints } of samples) checkSchemePoints(`sample ${id}`, keypoints, scheme)
  const color = isPrediction ? PREDICTED_COLOR : TARGET_COLOR
  const heights = samples.map(({ image }) => (cellWidth * image.height) / image.width)
  const rowHeight = Math.max(...heights) + CAPTION_HEIGHT + GAP
  const cells = await Promise.all(
    samples.map(async (sample, index) => {
      const x = (index % columns) * (cellWidth + GAP)
      const y = Math.floor(index / columns) * rowHeight
      return `<g transform="translate(${x} ${y})">${await renderSample(sample, cellWidth, color, scheme)}</g>`
    }),
  )
  const width = Math.min(columns, samples.length) * (cellWidth + GAP) - GAP
  const height = Math.ceil(samples.length / columns) * rowHeight - GAP
  return createPlot(title, width, height, cells.join(''))
}

async function renderSample(
  sample: Sample,
  cellWidth: number,
  color: string,
  scheme: KeypointScheme | undefined,
): Promise<string> {
  const { id, image } = sample
  const height = (cellWidth * image.height) / image.width
  const scale = cellWidth / image.width
  const radius = sample.visibility.length > 10 ? 1.8 : 3.5
  const drawing = [
    await renderImage(image, cellWidth),
    scheme ? renderParts(sample, scheme.parts, scale, { color }) : '',
    renderPoints(sample, scale, { color, shape: 'ring', radius }),
  ]
  const caption = truncateMiddle(id, Math.max(6, Math.floor(cellWidth / 7)))
  return [
    renderClipped(cellWidth, height, drawing.join('')),
    renderText(0, height + 15, caption, { size: 11, color: COLORS.soft }),
  ].join('')
}
