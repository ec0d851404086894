import { checkArgument, listKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type Panel, renderChart } from '../drawing/chart.ts'
import type { Plot } from '../drawing/plot.ts'
import { COLORS } from '../drawing/theme.ts'
import { checkEpochs, createEpochAxis, type EpochMetrics } from '../epoch-metrics.ts'

const LOSS_CURVES_HISTORY = listKind(KINDS.object)
const LOSS_CURVES_OPTIONS = optionsKind({
  title: KINDS.string,
  logScale: KINDS.boolean,
  references: listKind(KINDS.object),
})

export interface LossCurvesOptions {
  /** Default `Loss by epoch`. */
  readonly title?: string
  /** Logarithmic y axes, for losses and errors that fall by orders of magnitude; default false. */
  readonly logScale?: boolean
  /** Horizontal lines in the error panel, in pixels, such as the error of a baseline. */
  readonly references?: readonly { readonly label: string; readonly value: number }[]
}

const WIDTH = 400
const HEIGHT = 260
/** Not rounded to powers of ten, which would leave most of a panel empty. */
const LOG_SCALE = { type: 'log', nice: false, padding: 12 }
const SETS = ['training', 'validation']
const DASHES = {
  field: 'set',
  type: 'nominal',
  scale: {
    domain: SETS,
    range: [
      [1, 0],
      [6, 3],
    ],
  },
}

/**
 * Plots training and validation loss by epoch, and the validation error in pixels if it was measured.
 *
 * @param history one entry per epoch, as `train` of `@facekp/trainer` returns it
 * @throws FacekpError `PLOT_EMPTY` if the history is empty, `PLOT_NOT_FINITE` if a metric is not a finite number
 * @example
 * ```ts
 * const { history } = await train(settings)
 * await writePlot(await lossCurves(history), 'losses.svg')
 * ```
 */
export async function lossCurves(history: readonly EpochMetrics[], options: LossCurvesOptions = {}): Promise<Plot> {
  checkArgument(LOSS_CURVES_HISTORY, history, 'history', 'lossCurves')
  checkArgument(LOSS_CURVES_OPTIONS, options, 'options', 'lossCurves')
  const { title = 'Loss by epoch', logScale = false, references = [] } = options
  checkEpochs(history)
  const hasErrors = history.some(({ valErrorPx }) => valErrorPx !== undefined)
  return renderChart(title, [
    createLossPanel(history, logScale),
    ...(hasErrors ? [createErrorPanel(history, logScale, references)] : []),
  ])
}

function createLossPanel(history: readonly EpochMetrics[], logScale: boolean): Panel {
  const values = history.flatMap(({ epoch, trainLoss, valLoss }) => [
    { epoch, loss: trainLoss, set: 'training' },
    ...(valLoss === undefined ? [] : [{ epoch, loss: valLoss, set: 'validation' }]),
  ])
  const isPositive = values.every(({ loss }) => loss > 0)
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    mark: { type: 'line', strokeWidth: 2, point: history.length === 1 },
    encoding: {
      x: createEpochAxis(findLastEpoch(history)),
      y: {
        field: 'loss',
        type: 'quantitative',
        title: 'loss',
        scale: logScale && isPositive ? LOG_SCALE : { zero: true },
        axis: { tickCount: 5, format: '~g' },
      },
      color: { field: 'set', type: 'nominal', scale: { domain: SETS, range: [COLORS.blue, COLORS.orange] } },
      // A single epoch is drawn as points: dashes would appear in their legend only.
      ...(history.length > 1 ? { strokeDash: DASHES } : {}),
    },
  }
}

function findLastEpoch(history: readonly EpochMetrics[]): number {
  return Math.max(...history.map(({ epoch }) => epoch))
}

function createErrorPanel(
  history: readonly EpochMetrics[],
  logScale: boolean,
  references: NonNullable<LossCurvesOptions['references']>,
): Panel {
  const color = COLORS.orange
  const values = history.flatMap(({ epoch, valErrorPx }) => (valErrorPx === undefined ? [] : [{ epoch, valErrorPx }]))
  const isPositive = [...values.map(({ valErrorPx }) => valErrorPx), ...references.map(({ value }) => value)].every(
    (errorPx) => errorPx > 0,
  )
  const curve = {
    data: { values },
    mark: { type: 'line', strokeWidth: 2, color, point: history.length === 1 && { color } },
    encoding: {
      x: createEpochAxis(findLastEpoch(history)),
      y: {
        field: 'valErrorPx',
        type: 'quantitative',
        title: 'validation error (px)',
        scale: logScale && isPositive ? LOG_SCALE : { zero: true },
        axis: { tickCount: 5, format: '~g' },
      },
    },
  }
  return { width: WIDTH, height: HEIGHT, layer: [curve, ...references.flatMap(createReferenceLayers)] }
}

function createReferenceLayers(reference: { readonly label: string; readonly value: number }): readonly Panel[] {
  const data = { values: [reference] }
  const y = { field: 'value', type: 'quantitative' }
  const label = `${reference.label}\n${reference.value.toFixed(1)} px`
  return [
    { data, mark: { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5, color: COLORS.soft }, encoding: { y } },
    {
      data,
      // Beside the panel, outside the curves.
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'middle',
        dx: 6,
        lineBreak: '\n',
        fontSize: 12,
        color: COLORS.soft,
      },
      encoding: { x: { value: WIDTH }, y, text: { value: label } },
    },
  ]
}
