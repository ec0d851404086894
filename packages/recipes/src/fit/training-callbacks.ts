import { join } from 'node:path'
import type { EpochReport, TrainOptions } from '@facekp/trainer'
import { abortOnInterrupt, historyWriter, terminalProgress } from '@facekp/trainer/node'

/** Options of `train` that show and log its progress. */
export type TrainingCallbacks = {
  readonly [Name in 'onStep' | 'onEpoch' | 'onResume']: NonNullable<TrainOptions[Name]>
} & {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Ends the progress bar and stops listening to Ctrl-C. */
  readonly finish: () => void
}

/** Shows a progress bar, writes `out`/history.jsonl, one line an epoch, and stops the training on Ctrl-C. */
export function trainingCallbacks(out: string): TrainingCallbacks {
  const interrupt = abortOnInterrupt()
  const display = terminalProgress()
  const writeEpoch = historyWriter(join(out, 'history.jsonl'))
  const onEpoch = (epoch: EpochReport): void => {
    display.onEpoch(epoch)
    writeEpoch(epoch)
  }
  return {
    signal: interrupt.signal,
    onStep: display.onStep,
    onEpoch,
    onResume: (history) => history.forEach(onEpoch),
    finish() {
      display.finish()
      interrupt.dispose()
    },
  }
}
