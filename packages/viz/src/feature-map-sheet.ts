import { FacekpError, type Image } from '@facekp/core'
import type { Plot } from './figure.ts'
import { photograph } from './picture.ts'
import { digits, figureOf, textAt } from './svg.ts'
import { INK } from './theme.ts'

/** What one layer makes of a picture, as `featureMaps` of `@facekp/models` gives it. */
export interface FeatureMapLayer {
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** [height, width, channels], row-major. */
  readonly values: Float32Array
}

const [WIDTH, GAP, CAPTION, HEADLINE] = [960, 8, 14, 20]

/**
 * A picture and the feature maps that layers make of it, each map stretched from its smallest value (black) to its largest (white)
 * and numbered from 0; one that is the same everywhere is black and called flat. Throws `PLOT_EMPTY` without layers.
 *
 * @param options.maxMaps maps shown of a layer, the first ones, default 32; what is left out is told
 *
 * @example
 * ```ts
 * const maps = await featureMaps(model, sample.image)
 * await writePlot(await featureMapSheet(sample.image, maps), 'maps.png')
 * ```
 */
export async function featureMapSheet(
  image: Image,
  layers: readonly FeatureMapLayer[],
  { title = 'Feature maps', maxMaps = 32 }: { readonly title?: string; readonly maxMaps?: number } = {},
): Promise<Plot> {
  if (layers.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no map to draw' })
  const input = WIDTH / 4
  const parts = [
    textAt(0, 12, `input: ${image.width} × ${image.height}`, { bold: true }),
    `<g transform="translate(0 ${HEADLINE})">${await photograph(image, input)}</g>`,
    textAt(input + 20, HEADLINE + 12, 'Each map from its smallest value (black) to its largest (white).', {
      color: INK.soft,
    }),
  ]
  let y = HEADLINE + (input * image.height) / image.width + 28
  for (const layer of layers) {
    const { content, height } = await drawLayer(layer, maxMaps)
    parts.push(`<g transform="translate(0 ${digits(y)})">${content}</g>`)
    y += height + 16
  }
  return figureOf(title, WIDTH, y - 16, parts.join(''))
}

async function drawLayer(layer: FeatureMapLayer, maxMaps: number): Promise<{ content: string; height: number }> {
  const shown = Math.min(layer.channels, maxMaps)
  // Two rows or less, and cells from a sixth to a sixteenth of the sheet.
  const columns = Math.min(16, Math.max(6, Math.ceil(shown / 2)))
  const cell = (WIDTH + GAP) / columns - GAP
  const cellHeight = (cell * layer.height) / layer.width
  const row = cellHeight + CAPTION + GAP
  const maps = await Promise.all(
    Array.from({ length: shown }, async (_, channel) => {
      const data = channelOf(layer, channel)
      const flat = data.every((value) => value === data[0])
      const [x, y] = [(channel % columns) * (cell + GAP), HEADLINE + Math.floor(channel / columns) * row]
      const caption = textAt(0, cellHeight + 11, `${channel}${flat ? ' flat' : ''}`, { size: 10, color: INK.soft })
      const picture = await photograph({ data, width: layer.width, height: layer.height, channels: 1 }, cell)
      const edge = `<rect width="${digits(cell)}" height="${digits(cellHeight)}" fill="none" stroke="${INK.line}"/>`
      return `<g transform="translate(${digits(x)} ${digits(y)})">${picture}${edge}${caption}</g>`
    }),
  )
  const counts = shown === layer.channels ? `${shown}` : `the first ${shown} of ${layer.channels}`
  const headline = `${layer.name}: ${counts} ${layer.channels === 1 ? 'map' : 'maps'} of ${layer.width} × ${layer.height}`
  return {
    content: [textAt(0, 12, headline, { bold: true }), ...maps].join(''),
    height: HEADLINE + Math.ceil(shown / columns) * row - GAP,
  }
}

function channelOf({ values, width, height, channels }: FeatureMapLayer, channel: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => values[i * channels + channel] as number)
}
