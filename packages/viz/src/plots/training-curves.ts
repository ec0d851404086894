import { checkArgument, listKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkFinite, checkHistory } from '../checks.ts'
import { LEARNING_RATE_LABELS, type Panel, renderChart } from '../drawing/chart.ts'
import type { Plot } from '../drawing/plot.ts'
import { COLORS } from '../drawing/theme.ts'

const TRAINING_CURVES_HISTORY = listKind(KINDS.object)
const TRAINING_CURVES_OPTIONS = optionsKind({ title: KINDS.string })

/** Metrics of one step or epoch, as `train` of `@facekp/trainer` reports them. */
export interface StepMetrics {
  /** Number of completed steps, from 1. */
  readonly step: number
  readonly learningRate: number
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm?: number | undefined
}

/**
 * Plots the learning rate by step and, if it was measured, the gradient norm on a logarithmic axis.
 *
 * @param history one entry per step or per epoch
 * @param options.title default `Learning rate and gradients`
 * @throws FacekpError `PLOT_EMPTY` if the history is empty, `PLOT_NOT_FINITE` if a metric is not a finite number
 * @example
 * ```ts
 * const { history } = await train(settings)
 * await writePlot(await trainingCurves(history), 'training.svg')
 * ```
 */
export async function trainingCurves(
  history: readonly StepMetrics[],
  options: { readonly title?: string } = {},
): Promise<Plot> {
  checkArgument(TRAINING_CURVES_HISTORY, history, 'history', 'trainingCurves')
  checkArgument(TRAINING_CURVES_OPTIONS, options, 'options', 'trainingCurves')
  const { title = 'Learning rate and gradients' } = options
  checkHistory(history)
  for (const { step, learningRate, gradientNorm } of history)
    checkFinite(`step ${step}`, { learningRate, gradientNorm })
  const withNorm = history.filter(({ gradientNorm }) => gradientNorm !== undefined)
  return renderChart(title, [
    createPanel(history, 'learningRate', 'learning rate', COLORS.blue),
    ...(withNorm.length > 0 ? [createPanel(withNorm, 'gradientNorm', 'gradient norm', COLORS.purple)] : []),
  ])
}

function createPanel(
  values: readonly StepMetrics[],
  field: 'learningRate' | 'gradientNorm',
  title: string,
  color: string,
): Panel {
  const isLog = field === 'gradientNorm' && values.every(({ gradientNorm }) => (gradientNorm as number) > 0)
  return {
    width: 400,
    height: 240,
    data: { values },
    mark: { type: 'line', strokeWidth: 2, color, point: values.length === 1 && { color } },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'step', axis: { grid: false, tickCount: 6, tickMinStep: 1 } },
      y: {
        field,
        type: 'quantitative',
        title,
        scale: isLog ? { type: 'log' } : { zero: true },
        axis: { tickCount: 5, ...(field === 'learningRate' ? LEARNING_RATE_LABELS : { format: '~g' }) },
      },
    },
  }
}
