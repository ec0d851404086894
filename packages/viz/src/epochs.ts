import { checkFinite, checkHistory, type Panel } from './chart.ts'

/** What is drawn of an epoch. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly valLoss?: number | undefined
  /** In pixels of the original pictures. */
  readonly valErrorPx?: number | undefined
}

/** Throws `PLOT_EMPTY` without epochs and `PLOT_NOT_FINITE` for a figure that is no number. */
export function checkEpochs(history: readonly EpochMetrics[]): void {
  checkHistory(history)
  for (const { epoch, trainLoss, valLoss, valErrorPx } of history) {
    checkFinite(`epoch ${epoch}`, { trainLoss, valLoss, valErrorPx })
  }
}

/** The axis of a panel by epoch, from 1 to `epochs`. */
export function epochAxis(epochs: number): Panel {
  return {
    field: 'epoch',
    type: 'quantitative',
    title: 'epoch',
    scale: { domain: epochs === 1 ? [0.5, 1.5] : [1, epochs], nice: false },
    axis: { grid: false, tickMinStep: 1, format: 'd', ...(epochs === 1 ? { values: [1] } : {}) },
  }
}
