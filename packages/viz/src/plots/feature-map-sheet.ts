import { checkArgument, type Image, listKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { limitKind } from '../checks.ts'
import { renderImage } from '../drawing/image-element.ts'
import { createPlot, type Plot } from '../drawing/plot.ts'
import { formatCoordinate, renderText } from '../drawing/svg.ts'
import { COLORS } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'

const FEATURE_MAP_SHEET_LAYERS = listKind(KINDS.object)
const FEATURE_MAP_SHEET_OPTIONS = optionsKind({ title: KINDS.string, maxMaps: limitKind(KINDS.size) })

/** The output of one layer for one image, as `featureMaps` of `@facekp/models` returns it. */
export interface FeatureMapLayer {
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** [height, width, channels], row-major. */
  readonly values: Float32Array
}

const SHEET_WIDTH = 960
const GAP = 8
const CAPTION_HEIGHT = 14
const HEADER_HEIGHT = 20
const LAYER_GAP = 16

/**
 * Plots an image and the feature maps of layers, each map scaled from its minimum (black) to its maximum (white).
 *
 * @param options.title default `Feature maps`
 * @param options.maxMaps maximum number of maps per layer, Infinity for all, default 32; the sheet says how many it omits
 * @throws FacekpError `PLOT_EMPTY` if `layers` is empty
 * @example
 * ```ts
 * const maps = await featureMaps(model, sample.image)
 * await writePlot(await featureMapSheet(sample.image, maps), 'maps.png')
 * ```
 */
export async function featureMapSheet(
  image: Image,
  layers: readonly FeatureMapLayer[],
  options: { readonly title?: string; readonly maxMaps?: number } = {},
): Promise<Plot> {
  checkArgument(KINDS.image, image, 'image', 'featureMapSheet')
  checkArgument(FEATURE_MAP_SHEET_LAYERS, layers, 'layers', 'featureMapSheet')
  checkArgument(FEATURE_MAP_SHEET_OPTIONS, options, 'options', 'featureMapSheet')
  const { title = 'Feature maps', maxMaps = 32 } = options
  if (layers.length === 0) throw emptyPlotError('layer')
  const inputWidth = SHEET_WIDTH / 4
  const note = 'Each map is scaled from its minimum (black) to its maximum (white).'
  const elements = [
    renderText(0, 12, `input: ${image.width} × ${image.height}`, { bold: true }),
    `<g transform="translate(0 ${HEADER_HEIGHT})">${await renderImage(image, inputWidth)}</g>`,
    renderText(inputWidth + 20, HEADER_HEIGHT + 12, note, { color: COLORS.soft }),
  ]
  let y = HEADER_HEIGHT + (inputWidth * image.height) / image.width + 28
  for (const layer of layers) {
    const { content, height } = await renderLayer(layer, maxMaps)
    elements.push(`<g transform="translate(0 ${formatCoordinate(y)})">${content}</g>`)
    y += height + LAYER_GAP
  }
  return createPlot(title, SHEET_WIDTH, y - LAYER_GAP, elements.join(''))
}

async function renderLayer(
  layer: FeatureMapLayer,
  maxMaps: number,
): Promise<{ readonly content: string; readonly height: number }> {
  const count = Math.min(layer.channels, maxMaps)
  // At most two rows, with cells from a sixth to a sixteenth of the sheet.
  const columns = Math.min(16, Math.max(6, Math.ceil(count / 2)))
  const cellWidth = (SHEET_WIDTH + GAP) / columns - GAP
  const rowHeight = (cellWidth * layer.height) / layer.width + CAPTION_HEIGHT + GAP
  const maps = await Promise.all(
    Array.from({ length: count }, async (_, channel) => {
      const x = (channel % columns) * (cellWidth + GAP)
      const y = HEADER_HEIGHT + Math.floor(channel / columns) * rowHeight
      const place = `translate(${formatCoordinate(x)} ${formatCoordinate(y)})`
      return `<g transform="${place}">${await renderMap(layer, channel, cellWidth)}</g>`
    }),
  )
  const countText = count === layer.channels ? `${count}` : `the first ${count} of ${layer.channels}`
  const noun = layer.channels === 1 ? 'map' : 'maps'
  const header = `${layer.name}: ${countText} ${noun} of ${layer.width} × ${layer.height}`
  return {
    content: [renderText(0, 12, header, { bold: true }), ...maps].join(''),
    height: HEADER_HEIGHT + Math.ceil(count / columns) * rowHeight - GAP,
  }
}

async function renderMap(layer: FeatureMapLayer, channel: number, cellWidth: number): Promise<string> {
  const { width, height } = layer
  const cellHeight = (cellWidth * height) / width
  const data = getChannel(layer, channel)
  const isConstant = data.every((value) => value === data[0])
  const caption = `${channel}${isConstant ? ' constant' : ''}`
  return [
    await renderImage({ data, width, height, channels: 1 }, cellWidth),
    `<rect width="${formatCoordinate(cellWidth)}" height="${formatCoordinate(cellHeight)}" fill="none" stroke="${COLORS.line}"/>`,
    renderText(0, cellHeight + 11, caption, { size: 10, color: COLORS.soft }),
  ].join('')
}

function getChannel({ values, width, height, channels }: FeatureMapLayer, channel: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => values[i * channels + channel] as number)
}
