import { checkFinite, checkHistory, drawChart, type Panel } from './chart.ts'
import type { Figure } from './figure.ts'
import { INK } from './theme.ts'

/** What is drawn of an epoch. */
export interface EpochFigures {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly validationLoss?: number | undefined
  /** In pixels of the original pictures. */
  readonly validationErrorPx?: number | undefined
}

export interface LossCurvesOptions {
  readonly title?: string
  /** Logarithmic axes, where loss and error fall by orders of magnitude. */
  readonly logarithmic?: boolean
  /** Lines across the panel of errors, in pixels: what a simple predictor errs by, say. */
  readonly references?: readonly { readonly label: string; readonly value: number }[]
}

const [WIDTH, HEIGHT] = [400, 260]

/**
 * Training and validation loss by epoch, and beside it the validation error in pixels where there is one. Drawn by Vega-Lite.
 * Throws `FIGURE_EMPTY` without epochs and `FIGURE_NOT_FINITE` for a figure that is no number.
 *
 * @example
 * ```ts
 * const { history } = await train(settings)
 * await writeFigure(await lossCurves(history), 'losses.svg')
 * ```
 */
export async function lossCurves(
  history: readonly EpochFigures[],
  { title = 'Loss by epoch', logarithmic = false, references = [] }: LossCurvesOptions = {},
): Promise<Figure> {
  checkHistory(history)
  for (const { epoch, trainLoss, validationLoss, validationErrorPx } of history) {
    checkFinite(`epoch ${epoch}`, { trainLoss, validationLoss, validationErrorPx })
  }
  const withErrors = history.some(({ validationErrorPx }) => validationErrorPx !== undefined)
  return drawChart(title, [
    lossPanel(history, logarithmic),
    ...(withErrors ? [errorPanel(history, logarithmic, references)] : []),
  ])
}

const epochAxis = (epochs: number): Panel => ({
  field: 'epoch',
  type: 'quantitative',
  title: 'epoch',
  scale: { domain: epochs === 1 ? [0.5, 1.5] : [1, epochs], nice: false },
  axis: { grid: false, tickMinStep: 1, format: 'd', ...(epochs === 1 ? { values: [1] } : {}) },
})

function lossPanel(history: readonly EpochFigures[], logarithmic: boolean): Panel {
  const values = history.flatMap(({ epoch, trainLoss, validationLoss }) => [
    { epoch, loss: trainLoss, set: 'training' },
    ...(validationLoss === undefined ? [] : [{ epoch, loss: validationLoss, set: 'validation' }]),
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
        scale: logarithmic && positive ? { type: 'log' } : { zero: true },
        axis: { tickCount: 5, format: '~g' },
      },
      color: {
        field: 'set',
        type: 'nominal',
        scale: { domain: ['training', 'validation'], range: [INK.blue, INK.orange] },
      },
      strokeDash: {
        field: 'set',
        type: 'nominal',
        scale: {
          domain: ['training', 'validation'],
          range: [
            [1, 0],
            [6, 3],
          ],
        },
      },
    },
  }
}

function errorPanel(
  history: readonly EpochFigures[],
  logarithmic: boolean,
  references: NonNullable<LossCurvesOptions['references']>,
): Panel {
  return {
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: { values: history.filter(({ validationErrorPx }) => validationErrorPx !== undefined) },
        mark: { type: 'line', strokeWidth: 2, color: INK.orange, point: history.length === 1 && { color: INK.orange } },
        encoding: {
          x: epochAxis(history.length),
          y: {
            field: 'validationErrorPx',
            type: 'quantitative',
            title: 'validation error (px)',
            scale: logarithmic ? { type: 'log' } : { zero: true },
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
