import { FacekpError, type KeypointScheme, type Sample } from '@facekp/core'
import type { Figure } from './figure.ts'
import { partLines, photograph, pointMarks } from './picture.ts'
import { figureOf, textAt } from './svg.ts'
import { INK, PREDICTION, TRUTH } from './theme.ts'

export interface SampleSheetOptions {
  readonly title?: string
  /** Joins the points of each part by a line. */
  readonly scheme?: KeypointScheme
  /** The points are what a network found: in red, where those of samples are green. Default false. */
  readonly predicted?: boolean
  /** Pictures in a row, default 4. */
  readonly columns?: number
  /** Width of a picture, default 220. */
  readonly cell?: number
}

/**
 * Samples side by side with their points, each one's id below. Points that are not in sight are hollow, those without a label
 * left out. Throws `FIGURE_EMPTY` without samples.
 *
 * @example
 * ```ts
 * await writeFigure(await sampleSheet(samples, { title: 'Augmented', scheme: IMM_58 }), 'augmented.png')
 * ```
 */
export async function sampleSheet(
  samples: readonly Sample[],
  { title = 'Samples', scheme, predicted = false, columns = 4, cell = 220 }: SampleSheetOptions = {},
): Promise<Figure> {
  if (samples.length === 0) throw new FacekpError({ code: 'FIGURE_EMPTY', problem: 'there is no sample to draw' })
  const [gap, caption] = [12, 20]
  const color = predicted ? PREDICTION : TRUTH
  const heights = samples.map(({ image }) => (cell * image.height) / image.width)
  const rowHeight = Math.max(...heights) + caption + gap
  const cells = await Promise.all(
    samples.map(async (sample, index) => {
      const scale = cell / sample.image.width
      const radius = sample.visibility.length > 10 ? 1.8 : 3.5
      const content = [
        await photograph(sample.image, cell),
        scheme ? partLines(sample.keypoints, sample.visibility, scheme, scale, color) : '',
        pointMarks(sample.keypoints, sample.visibility, scale, { color, shape: 'ring', radius }),
        textAt(0, (heights[index] as number) + 15, sample.id, { size: 11, color: INK.soft }),
      ]
      const [x, y] = [(index % columns) * (cell + gap), Math.floor(index / columns) * rowHeight]
      return `<g transform="translate(${x} ${y})">${clipped(content.join(''), cell, heights[index] as number, index)}</g>`
    }),
  )
  const across = Math.min(columns, samples.length)
  const down = Math.ceil(samples.length / columns)
  return figureOf(title, across * (cell + gap) - gap, down * rowHeight - gap, cells.join(''))
}

/** Points that left the picture do not run over its neighbours; the caption below is kept. */
function clipped(content: string, width: number, height: number, index: number): string {
  const id = `cell-${index}`
  return `<clipPath id="${id}"><rect width="${width}" height="${height + 20}"/></clipPath><g clip-path="url(#${id})">${content}</g>`
}
