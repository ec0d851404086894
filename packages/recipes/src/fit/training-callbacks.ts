import { join } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { TrainingListener } from '@facekp/trainer'
import { abortOnInterrupt, historyLogger, progressBar } from '@facekp/trainer/node'

/** Options of `train` that show and log its progress. */
export interface TrainingCallbacks {
  /** A progress bar, and the logger of `history.jsonl`. */
  readonly callbacks: readonly TrainingListener[]
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Stops listening to Ctrl-C. */
  readonly finish: () => void
}

/** Shows a progress bar, writes `out`/history.jsonl, one line per epoch, and stops the training on Ctrl-C. */
export function trainingCallbacks(out: string): TrainingCallbacks {
  checkArgument(KINDS.path, out, 'out', 'trainingCallbacks')
  const { signal, dispose } = abortOnInterrupt()
  return { callbacks: [progressBar(), historyLogger(join(out, 'history.jsonl'))], signal, finish: dispose }
}
