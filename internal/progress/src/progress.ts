import { FacekpError } from '@facekp/core'
import { drawBar } from './bar.ts'
import { printLines } from './lines.ts'
import type { ProgressStream } from './progress-stream.ts'
import { formatProgress } from './text.ts'

export interface ProgressOptions {
  /** What the work is called. */
  readonly label: string
  /** How much there is to do; undefined if unknown. */
  readonly total?: number | undefined
  /** What is counted, in the plural: `images`, `epochs`. `bytes` are shown as MB. */
  readonly unit: string
  /** What was done before, such as the part of a file already there: it is part of the progress, but not of the rate. Default 0. */
  readonly from?: number
  /** Where to show it. Default `process.stderr`, so that a program's output stays clean. */
  readonly stream?: ProgressStream
}

/** Shows how far some work has come. */
export interface Progress {
  /** `done` of the total is done; a status, such as `loss 0.0123`, stays until the next one. Cheap: call it often. */
  update(done: number, status?: string): void
  /**
   * The work has ended, wherever it stands; call it in a `finally`. Shows the time it took. What is called after the
   * first time does nothing.
   */
  finish(status?: string): void
}

/**
 * Shows the progress of long work: on a terminal as a bar, elsewhere as a plain line after a second, at each tenth of the
 * total (if no total is known: whenever twice as much is done as at the last line) and at the end.
 *
 * @throws FacekpError `PROGRESS_TOTAL` (the total is negative or not finite)
 *
 * @example
 * ```ts
 * const progress = startProgress({ label: 'epoch 3', total: batches.length, unit: 'batches' })
 * try {
 *   for (const [i, batch] of batches.entries()) progress.update(i + 1, `loss ${train(batch).toFixed(4)}`)
 * } finally {
 *   progress.finish()
 * }
 * // epoch 3 ━━━━━━━━━━──────────────  41 %  108/260 batches  13.2 batches/s  0:12 left  loss 0.0123
 * ```
 */
export function startProgress({ label, total, unit, from = 0, stream = process.stderr }: ProgressOptions): Progress {
  if (total !== undefined && !(total >= 0 && Number.isFinite(total))) {
    throw new FacekpError({
      code: 'PROGRESS_TOTAL',
      problem: `invalid total of ${label}`,
      expected: 'a finite number of at least 0',
      received: String(total),
    })
  }
  const start = Date.now()
  let done = from
  let currentStatus = ''
  let ended = false
  const text = (): string => {
    const state = formatProgress({ from, done, total, unit, seconds: (Date.now() - start) / 1000, ended })
    return currentStatus === '' ? state : `${state}  ${currentStatus}`
  }
  const show = stream.isTTY ? drawBar : printLines
  const shown = show({ label, total, from, stream, text })
  return {
    update(newDone, status = currentStatus) {
      if (ended) return
      done = newDone
      currentStatus = status
      shown.update(done)
    },
    finish(status = currentStatus) {
      if (ended) return
      ended = true
      currentStatus = status
      shown.finish()
    },
  }
}
