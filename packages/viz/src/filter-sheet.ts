import { FacekpError } from '@facekp/core'
import type { Plot } from './figure.ts'
import { photograph } from './picture.ts'
import { digits, figureOf, textAt } from './svg.ts'
import { INK } from './theme.ts'

/** The kernel of one convolution layer, as `convolutionFilters` of `@facekp/models` gives it. */
export interface FilterLayer {
  readonly name: string
  readonly height: number
  readonly width: number
  /** Channels that each filter looks at. */
  readonly inputs: number
  readonly filters: number
  /** [height, width, inputs, filters], row-major. */
  readonly weights: Float32Array
}

const [WIDTH, LABEL, GAP, LARGEST_CELL] = [960, 26, 2, 72]

/**
 * The learned filters of convolution layers: for each layer a table with a column a filter and a row an input channel, both
 * numbered from 0. Each filter is stretched by its own largest weight: black is negative, gray zero, white positive. Throws
 * `PLOT_EMPTY` without layers.
 *
 * @param options.maxFilters filters shown of a layer, the first ones, default 32; what is left out is told
 * @param options.maxInputs inputs shown of a layer, likewise
 *
 * @example
 * ```ts
 * await writePlot(await filterSheet(await convolutionFilters(model)), 'filters.png')
 * ```
 */
export async function filterSheet(
  layers: readonly FilterLayer[],
  {
    title = 'Learned filters',
    maxFilters = 32,
    maxInputs = 32,
  }: { readonly title?: string; readonly maxFilters?: number; readonly maxInputs?: number } = {},
): Promise<Plot> {
  if (layers.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no filter to draw' })
  const parts = [
    textAt(0, 12, 'Each filter by its own largest weight: black negative, gray zero, white positive.', {
      color: INK.soft,
    }),
  ]
  let y = 44
  for (const layer of layers) {
    const { content, height } = await drawLayer(
      layer,
      Math.min(layer.filters, maxFilters),
      Math.min(layer.inputs, maxInputs),
    )
    parts.push(`<g transform="translate(0 ${y})">${content}</g>`)
    y += height + 32
  }
  return figureOf(title, WIDTH, y - 32, parts.join(''))
}

async function drawLayer(
  layer: FilterLayer,
  filters: number,
  inputs: number,
): Promise<{ content: string; height: number }> {
  // Whole pixels a weight, so that every weight is a square of the same size.
  const room = Math.min(LARGEST_CELL, Math.floor((WIDTH - LABEL) / filters) - GAP)
  const scale = Math.max(2, Math.floor(room / layer.width))
  const [cellWidth, cellHeight] = [scale * layer.width, scale * layer.height]
  const [across, down] = [cellWidth + GAP, cellHeight + GAP]
  const [width, height] = [filters * across - GAP, inputs * down - GAP]

  const data = new Uint8Array(width * height)
  for (let filter = 0; filter < filters; filter++) {
    const largest = largestWeight(layer, filter)
    for (let input = 0; input < inputs; input++) {
      for (let y = 0; y < cellHeight; y++) {
        for (let x = 0; x < cellWidth; x++) {
          const weight = weightAt(layer, Math.floor(y / scale), Math.floor(x / scale), input, filter)
          data[(input * down + y) * width + filter * across + x] = Math.round(127.5 * (1 + weight / largest))
        }
      }
    }
  }
  const size = { color: INK.soft, size: 10 }
  const top = 34
  const content = [
    textAt(0, 12, headline(layer, filters, inputs), { bold: true }),
    ...numbers(filters).map((i) =>
      textAt(LABEL + i * across + cellWidth / 2, top - 5, String(i), { ...size, anchor: 'middle' }),
    ),
    ...numbers(inputs).map((i) =>
      textAt(LABEL - 6, top + i * down + cellHeight / 2 + 4, String(i), { ...size, anchor: 'end' }),
    ),
    `<g transform="translate(${LABEL} ${top})">`,
    await photograph({ data, width, height, channels: 1 }, width),
    ...numbers(filters - 1).map((i) => line((i + 1) * across - GAP, 0, GAP, height)),
    ...numbers(inputs - 1).map((i) => line(0, (i + 1) * down - GAP, width, GAP)),
    '</g>',
  ]
  return { content: content.join(''), height: top + height }
}

function headline({ name, ...layer }: FilterLayer, filters: number, inputs: number): string {
  const counts = (shown: number, all: number, what: string): string =>
    shown === all ? `${all} ${what}${all === 1 ? '' : 's'}` : `the first ${shown} of ${all} ${what}s`
  return `${name}: ${counts(filters, layer.filters, 'filter')} (across) of ${layer.width} × ${layer.height} over ${counts(inputs, layer.inputs, 'input')} (down)`
}

function weightAt({ weights, width, inputs, filters }: FilterLayer, y: number, x: number, i: number, f: number) {
  return weights[((y * width + x) * inputs + i) * filters + f] as number
}

/** Of a filter, by its absolute value; 1 for a filter of zeros. */
function largestWeight({ weights, filters }: FilterLayer, filter: number): number {
  let largest = 0
  for (let i = filter; i < weights.length; i += filters) largest = Math.max(largest, Math.abs(weights[i] as number))
  return largest || 1
}

/** Between two cells: blue, since any gray is a weight. */
function line(x: number, y: number, width: number, height: number): string {
  return `<rect x="${digits(x)}" y="${digits(y)}" width="${width}" height="${height}" fill="${INK.blue}"/>`
}

function numbers(count: number): number[] {
  return [...Array(count).keys()]
}
