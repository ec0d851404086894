import { checkFinite, checkHistory } from './checks.ts'
import type { Panel } from './drawing/chart.ts'

/** Losses and error of one epoch. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly valLoss?: number | undefined
  /** Mean point error of the validation set, in pixels of the original images. */
  readonly valErrorPx?: number | undefined
}

/** Checks a history. Throws `PLOT_EMPTY` if it is empty, `PLOT_NOT_FINITE` if a metric is not a finite number. */
export function checkEpochs(history: readonly EpochMetrics[]): void {
  checkHistory(history)
  for (const { epoch, trainLoss, valLoss, valErrorPx } of history) {
    checkFinite(`epoch ${epoch}`, { trainLoss, valLoss, valErrorPx })
  }
}

/** Creates the x axis of a panel over epochs 1 to `epochs`. */
export function createEpochAxis(epochs: number): Panel {
  return {
    field: 'epoch',
    type: 'quantitative',
    title: 'epoch',
    scale: { domain: epochs === 1 ? [0.5, 1.5] : [1, epochs], nice: false },
    axis: { grid: false, tickMinStep: 1, format: 'd', ...(epochs === 1 ? { values: [1] } : {}) },
  }
}
