import { checkFinite, checkHistory, drawChart, type Panel, RATE_LABELS } from './chart.ts'
import type { Plot } from './figure.ts'
import { INK } from './theme.ts'

/** What is drawn of a step, or of the steps until then: what `train` of `@facekp/trainer` tells after each step and each epoch. */
export interface StepMetrics {
  /** Steps done, from 1. */
  readonly step: number
  readonly learningRate: number
  /** The gradients' joint norm, before it was limited. */
  readonly gradientNorm?: number | undefined
}

const [WIDTH, HEIGHT] = [400, 240]

/**
 * The learning rate by step, and beside it the norm of the gradients where it is known, on a logarithmic axis. Takes a history of
 * epochs as well as of steps.
 *
 * Throws `PLOT_EMPTY` without steps and `PLOT_NOT_FINITE` for a figure that is no number.
 *
 * @example
 * ```ts
 * const { history } = await train(settings)
 * await writePlot(await trainingCurves(history), 'training.svg')
 * ```
 */
export async function trainingCurves(
  history: readonly StepMetrics[],
  { title = 'Learning rate and gradients' }: { readonly title?: string } = {},
): Promise<Plot> {
  checkHistory(history)
  for (const { step, learningRate, gradientNorm } of history)
    checkFinite(`step ${step}`, { learningRate, gradientNorm })
  const withNorms = history.filter(({ gradientNorm }) => gradientNorm !== undefined)
  return drawChart(title, [
    panel(history, 'learningRate', 'learning rate', INK.blue),
    ...(withNorms.length > 0 ? [panel(withNorms, 'gradientNorm', 'gradient norm', INK.purple)] : []),
  ])
}

function panel(
  values: readonly StepMetrics[],
  field: 'learningRate' | 'gradientNorm',
  title: string,
  color: string,
): Panel {
  const logarithmic = field === 'gradientNorm' && values.every(({ gradientNorm }) => (gradientNorm as number) > 0)
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    mark: { type: 'line', strokeWidth: 2, color, point: values.length === 1 && { color } },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'step', axis: { grid: false, tickCount: 6, tickMinStep: 1 } },
      y: {
        field,
        type: 'quantitative',
        title,
        scale: logarithmic ? { type: 'log' } : { zero: true },
        axis: { tickCount: 5, ...(field === 'learningRate' ? RATE_LABELS : { format: '~g' }) },
      },
    },
  }
}
