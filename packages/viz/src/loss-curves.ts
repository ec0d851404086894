import { drawChart, type Panel } from './chart.ts'
import { checkEpochs, type EpochMetrics, epochAxis } from './epochs.ts'
import type { Plot } from './figure.ts'
import { INK } from './theme.ts'

export interface LossCurvesOptions {
  readonly title?: string
  /** Logarithmic axes, where loss and error fall by orders of magnitude. */
  readonly logScale?: boolean
  /** Lines across the panel of errors, in pixels: what a simple predictor errs by, say. */
  readonly references?: readonly { readonly label: string; readonly value: number }[]
}

const [WIDTH, HEIGHT] = [400, 260]
/** No further than the curves: whole powers of ten would leave most of a panel empty. */
const LOGARITHMIC = { type: 'log', nice: false, padding: 12 }
/** Of lines: the legend of points would be dashed too. */
const DASHES = {
  field: 'set',
  type: 'nominal',
  scale: {
    domain: ['training', 'validation'],
    range: [
      [1, 0],
      [6, 3],
    ],
  },
}

/**
 * Training and validation loss by epoch, and beside it the validation error in pixels where there is one. Drawn by Vega-Lite.
 * Throws `PLOT_EMPTY` without epochs and `PLOT_NOT_FINITE` for a figure that is no number.
 *
 * @example
 * ```ts
 * const { history } = await train(settings)
 * await writePlot(await lossCurves(history), 'losses.svg')
 * ```
 */
export async function lossCurves(
  history: readonly EpochMetrics[],
  { title = 'Loss by epoch', logScale = false, references = [] }: LossCurvesOptions = {},
): Promise<Plot> {
  checkEpochs(history)
  const withErrors = history.some(({ valErrorPx }) => valErrorPx !== undefined)
  return drawChart(title, [
    lossPanel(history, logScale),
    ...(withErrors ? [errorPanel(history, logScale, references)] : []),
  ])
}

function lossPanel(history: readonly EpochMetrics[], logarithmic: boolean): Panel {
  const values = history.flatMap(({ epoch, trainLoss, valLoss }) => [
    { epoch, loss: trainLoss, set: 'training' },
    ...(valLoss === undefined ? [] : [{ epoch, loss: valLoss, set: 'validation' }]),
  ])
  const positive = values.every(({ loss }) => loss > 0)
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    mark: { type: 'line', strokeWidth: 2, point: history.length === 1 },
    encoding: {
      x: epochAxis(history.length),
      y: {
        field: 'loss',
        type: 'quantitative',
        title: 'loss',
        scale: logarithmic && positive ? LOGARITHMIC : { zero: true },
        axis: { tickCount: 5, format: '~g' },
      },
      color: {
        field: 'set',
        type: 'nominal',
        scale: { domain: ['training', 'validation'], range: [INK.blue, INK.orange] },
      },
      ...(history.length > 1 ? { strokeDash: DASHES } : {}),
    },
  }
}

function errorPanel(
  history: readonly EpochMetrics[],
  logarithmic: boolean,
  references: NonNullable<LossCurvesOptions['references']>,
): Panel {
  return {
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: { values: history.filter(({ valErrorPx }) => valErrorPx !== undefined) },
        mark: { type: 'line', strokeWidth: 2, color: INK.orange, point: history.length === 1 && { color: INK.orange } },
        encoding: {
          x: epochAxis(history.length),
          y: {
            field: 'valErrorPx',
            type: 'quantitative',
            title: 'validation error (px)',
            scale: logarithmic ? LOGARITHMIC : { zero: true },
            axis: { tickCount: 5, format: '~g' },
          },
        },
      },
      ...references.flatMap((reference) => [
        {
          data: { values: [reference] },
          mark: { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5, color: INK.soft },
          encoding: { y: { field: 'value', type: 'quantitative' } },
        },
        {
          data: { values: [reference] },
          // Beside the panel, where no curve runs.
          mark: {
            type: 'text',
            align: 'left',
            baseline: 'middle',
            dx: 6,
            lineBreak: '\n',
            fontSize: 12,
            color: INK.soft,
          },
          encoding: {
            x: { value: WIDTH },
            y: { field: 'value', type: 'quantitative' },
            text: { value: `${reference.label}\n${reference.value.toFixed(1)} px` },
          },
        },
      ]),
    ],
  }
}
