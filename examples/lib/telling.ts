import { join } from 'node:path'
import type { EpochReport, TrainOptions } from '@facekp/trainer'
import { abortOnInterrupt, historyLogger, progressBar } from '@facekp/trainer/node'

/** What a training listens to and tells. */
export type Telling = {
  readonly [Name in 'onStep' | 'onEpoch' | 'onResume']: NonNullable<TrainOptions[Name]>
} & {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Ends the display, and listens to Ctrl-C no more. */
  readonly finish: () => void
}

/** Tells of a training: its progress on the terminal, and a line an epoch in `out`/history.jsonl. Ctrl-C ends it. */
export function telling(out: string): Telling {
  const interrupt = abortOnInterrupt()
  const display = progressBar()
  const logger = historyLogger(join(out, 'history.jsonl'))
  const onEpoch = (epoch: EpochReport): void => {
    display.onEpochEnd?.(epoch)
    logger.onEpochEnd?.(epoch)
  }
  return {
    signal: interrupt.signal,
    onStep: (step) => display.onStepEnd?.(step),
    onEpoch,
    onResume: (history) => history.forEach(onEpoch),
    finish() {
      display.dispose?.()
      interrupt.dispose()
    },
  }
}
