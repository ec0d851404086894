import { checkArgument, listKind, objectKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { limitKind } from '../checks.ts'
import { renderImage } from '../drawing/image-element.ts'
import { createPlot, type Plot } from '../drawing/plot.ts'
import { formatCoordinate, renderText } from '../drawing/svg.ts'
import { COLORS } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'

const FILTER_SHEET_LAYERS = listKind(
  objectKind({
    name: KINDS.string,
    height: KINDS.size,
    width: KINDS.size,
    inputs: KINDS.size,
    filters: KINDS.size,
    weights: KINDS.numbers,
  }),
)
const FILTER_SHEET_OPTIONS = optionsKind({
  title: KINDS.string,
  maxFilters: limitKind(KINDS.size),
  maxInputs: limitKind(KINDS.size),
})

/** The kernel of one convolution layer, as `convolutionFilters` of `@facekp/models` returns it. */
export interface FilterLayer {
  readonly name: string
  readonly height: number
  readonly width: number
  /** Number of input channels. */
  readonly inputs: number
  /** Number of filters (output channels). */
  readonly filters: number
  /** [height, width, inputs, filters], row-major. */
  readonly weights: Float32Array
}

export interface FilterSheetOptions {
  /** Default `Learned filters`. */
  readonly title?: string
  /** Maximum number of filters per layer, Infinity for all, default 32; the sheet says how many it omits. */
  readonly maxFilters?: number
  /** Maximum number of input channels per layer, Infinity for all, default 32. */
  readonly maxInputs?: number
}

const SHEET_WIDTH = 960
const LABEL_WIDTH = 26
const LAYER_TOP = 34
const LAYER_GAP = 32
const GAP = 2
const MAX_CELL = 72

/**
 * Plots the filters of convolution layers: one table per layer, a column per filter and a row per input channel.
 *
 * Each filter is scaled by its largest absolute weight: black is negative, gray zero, white positive.
 *
 * @throws FacekpError `PLOT_EMPTY` if `layers` is empty
 * @example
 * ```ts
 * await writePlot(await filterSheet(await convolutionFilters(model)), 'filters.png')
 * ```
 */
export async function filterSheet(layers: readonly FilterLayer[], options: FilterSheetOptions = {}): Promise<Plot> {
  checkArgument(FILTER_SHEET_LAYERS, layers, 'layers', 'filterSheet')
  checkArgument(FILTER_SHEET_OPTIONS, options, 'options', 'filterSheet')
  const { title = 'Learned filters', maxFilters = 32, maxInputs = 32 } = options
  if (layers.length === 0) throw emptyPlotError('layer')
  const note = 'Each filter is scaled by its largest absolute weight: black negative, gray zero, white positive.'
  const elements = [renderText(0, 12, note, { color: COLORS.soft })]
  let y = 44
  for (const layer of layers) {
    const filters = Math.min(layer.filters, maxFilters)
    const inputs = Math.min(layer.inputs, maxInputs)
    const { content, height } = await renderLayer(layer, filters, inputs)
    elements.push(`<g transform="translate(0 ${y})">${content}</g>`)
    y += height + LAYER_GAP
  }
  return createPlot(title, SHEET_WIDTH, y - LAYER_GAP, elements.join(''))
}

/** Layout of the cells of one layer, in pixels. */
interface Grid {
  readonly filters: number
  readonly inputs: number
  /** Pixels per weight: a whole number, so that all weights are squares of the same size. */
  readonly scale: number
  readonly cellWidth: number
  readonly cellHeight: number
  readonly width: number
  readonly height: number
}

function createGrid(layer: FilterLayer, filters: number, inputs: number): Grid {
  const maxCell = Math.min(MAX_CELL, Math.floor((SHEET_WIDTH - LABEL_WIDTH) / filters) - GAP)
  const scale = Math.max(2, Math.floor(maxCell / layer.width))
  const cellWidth = scale * layer.width
  const cellHeight = scale * layer.height
  const width = filters * (cellWidth + GAP) - GAP
  const height = inputs * (cellHeight + GAP) - GAP
  return { filters, inputs, scale, cellWidth, cellHeight, width, height }
}

async function renderLayer(
  layer: FilterLayer,
  filters: number,
  inputs: number,
): Promise<{ readonly content: string; readonly height: number }> {
  const grid = createGrid(layer, filters, inputs)
  const { cellWidth, cellHeight, width, height } = grid
  const columnWidth = cellWidth + GAP
  const rowHeight = cellHeight + GAP
  const style = { color: COLORS.soft, size: 10 }
  const content = [
    renderText(0, 12, describeLayer(layer, filters, inputs), { bold: true }),
    ...range(filters).map((i) => {
      const x = LABEL_WIDTH + i * columnWidth + cellWidth / 2
      return renderText(x, LAYER_TOP - 5, String(i), { ...style, anchor: 'middle' })
    }),
    ...range(inputs).map((i) => {
      const y = LAYER_TOP + i * rowHeight + cellHeight / 2 + 4
      return renderText(LABEL_WIDTH - 6, y, String(i), { ...style, anchor: 'end' })
    }),
    `<g transform="translate(${LABEL_WIDTH} ${LAYER_TOP})">`,
    await renderImage({ data: renderWeights(layer, grid), width, height, channels: 1 }, width),
    ...range(filters - 1).map((i) => renderGridLine((i + 1) * columnWidth - GAP, 0, GAP, height)),
    ...range(inputs - 1).map((i) => renderGridLine(0, (i + 1) * rowHeight - GAP, width, GAP)),
    '</g>',
  ]
  return { content: content.join(''), height: LAYER_TOP + height }
}

/** Renders the weights as gray values, height x width of the grid. */
function renderWeights(layer: FilterLayer, grid: Grid): Uint8Array {
  const { cellWidth, cellHeight, scale, width } = grid
  const data = new Uint8Array(width * grid.height)
  for (let filter = 0; filter < grid.filters; filter++) {
    const maxWeight = findMaxWeight(layer, filter)
    for (let input = 0; input < grid.inputs; input++) {
      const corner = input * (cellHeight + GAP) * width + filter * (cellWidth + GAP)
      for (let y = 0; y < cellHeight; y++) {
        for (let x = 0; x < cellWidth; x++) {
          const tap = Math.floor(y / scale) * layer.width + Math.floor(x / scale)
          const weight = layer.weights[(tap * layer.inputs + input) * layer.filters + filter] as number
          data[corner + y * width + x] = Math.round(127.5 * (1 + weight / maxWeight))
        }
      }
    }
  }
  return data
}

function describeLayer({ name, ...layer }: FilterLayer, filters: number, inputs: number): string {
  const size = `${layer.width} × ${layer.height}`
  const filterCount = formatCount(filters, layer.filters, 'filter')
  const inputCount = formatCount(inputs, layer.inputs, 'input')
  return `${name}: ${filterCount} (across) of ${size} over ${inputCount} (down)`
}

function formatCount(shown: number, total: number, noun: string): string {
  if (shown < total) return `the first ${shown} of ${total} ${noun}s`
  return `${total} ${noun}${total === 1 ? '' : 's'}`
}

/** Finds the largest absolute weight of a filter; 1 for a filter of zeros. */
function findMaxWeight({ weights, filters }: FilterLayer, filter: number): number {
  let max = 0
  for (let i = filter; i < weights.length; i += filters) max = Math.max(max, Math.abs(weights[i] as number))
  return max || 1
}

/** Renders a line between two cells: blue, since every gray is a weight. */
function renderGridLine(x: number, y: number, width: number, height: number): string {
  return `<rect x="${formatCoordinate(x)}" y="${formatCoordinate(y)}" width="${width}" height="${height}" fill="${COLORS.blue}"/>`
}

function range(count: number): number[] {
  return [...Array(count).keys()]
}
