import { FacekpError } from '@facekp/core'
import type { Panel } from './chart.ts'

/** What is drawn of an epoch. */
export interface EpochFigures {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly validationLoss?: number
  /** In pixels of the original pictures. */
  readonly validationErrorPx?: number
}

/** Throws `FIGURE_EMPTY` without epochs and `FIGURE_NOT_FINITE` for a figure that is no number. */
export function checkEpochs(history: readonly EpochFigures[]): void {
  if (history.length === 0) throw new FacekpError({ code: 'FIGURE_EMPTY', problem: 'there is no epoch to draw' })
  for (const { epoch, trainLoss, validationLoss, validationErrorPx } of history) {
    const bad = Object.entries({ trainLoss, validationLoss, validationErrorPx }).find(
      ([, value]) => value !== undefined && !Number.isFinite(value),
    )
    if (!bad) continue
    throw new FacekpError({
      code: 'FIGURE_NOT_FINITE',
      problem: `${bad[0]} of epoch ${epoch} is not a finite number`,
      received: String(bad[1]),
    })
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
