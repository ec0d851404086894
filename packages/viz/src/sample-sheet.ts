import { FacekpError, type KeypointScheme, type Sample } from '@facekp/core'
import type { Plot } from './figure.ts'
import { partLines, photograph, pointMarks } from './picture.ts'
import { figureOf, shortened, textAt, window } from './svg.ts'
import { INK, PREDICTION, TRUTH } from './theme.ts'

export interface SampleSheetOptions {
  readonly title?: string
  /** Joins the points of each part by a line. */
  readonly scheme?: KeypointScheme
  /** The points are what a network found: in red, where those of samples are green. Default false. */
  readonly isPrediction?: boolean
  /** Pictures in a row, default 4. */
  readonly columns?: number
  /** Width of a picture, default 220. */
  readonly cellWidth?: number
}

/**
 * Samples side by side with their points, each one's id below. Points that are not in sight are hollow, those without a label
 * left out. Throws `PLOT_EMPTY` without samples.
 *
 * @example
 * ```ts
 * await writePlot(await sampleSheet(samples, { title: 'Augmented', scheme: IMM_58 }), 'augmented.png')
 * ```
 */
export async function sampleSheet(
  samples: readonly Sample[],
  { title = 'Samples', scheme, isPrediction = false, columns = 4, cellWidth = 220 }: SampleSheetOptions = {},
): Promise<Plot> {
  if (samples.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no sample to draw' })
  const [gap, caption] = [12, 20]
  const color = isPrediction ? PREDICTION : TRUTH
  const heights = samples.map(({ image }) => (cellWidth * image.height) / image.width)
  const rowHeight = Math.max(...heights) + caption + gap
  const cells = await Promise.all(
    samples.map(async (sample, index) => {
      const scale = cellWidth / sample.image.width
      const radius = sample.visibility.length > 10 ? 1.8 : 3.5
      const drawing = [
        await photograph(sample.image, cellWidth),
        scheme ? partLines(sample.keypoints, sample.visibility, scheme, scale, { color }) : '',
        pointMarks(sample.keypoints, sample.visibility, scale, { color, shape: 'ring', radius }),
      ]
      const height = heights[index] as number
      const content = [
        window(cellWidth, height, drawing.join('')),
        textAt(0, height + 15, shortened(sample.id, Math.max(6, Math.floor(cellWidth / 7))), {
          size: 11,
          color: INK.soft,
        }),
      ]
      const [x, y] = [(index % columns) * (cellWidth + gap), Math.floor(index / columns) * rowHeight]
      return `<g transform="translate(${x} ${y})">${content.join('')}</g>`
    }),
  )
  const across = Math.min(columns, samples.length)
  const down = Math.ceil(samples.length / columns)
  return figureOf(title, across * (cellWidth + gap) - gap, down * rowHeight - gap, cells.join(''))
}
