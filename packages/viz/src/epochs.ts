import { checkFinite, checkHistory, type Panel } from './chart.ts'

/** What is drawn of an epoch. */
export interface EpochFigures {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly validationLoss?: number | undefined
  /** In pixels of the original pictures. */
  readonly validationErrorPx?: number | undefined
}

/** Throws `FIGURE_EMPTY` without epochs and `FIGURE_NOT_FINITE` for a figure that is no number. */
export function checkEpochs(history: readonly EpochFigures[]): void {
  checkHistory(history)
  for (const { epoch, trainLoss, validationLoss, validationErrorPx } of history) {
    checkFinite(`epoch ${epoch}`, { trainLoss, validationLoss, validationErrorPx })
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
