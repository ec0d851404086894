import { join } from 'node:path'
import { type Schedule, type TrainOptions, type TrainResult, train } from '@facekp/trainer'
import { abortOnInterrupt, historyWriter, terminalProgress } from '@facekp/trainer/node'

/** A recipe's learning rate: one for all steps, or a schedule. */
export type LearningRate = number | Schedule

/**
 * Trains with its progress on the terminal and a line an epoch in `out`/history.jsonl. Ctrl-C ends it and keeps what was
 * learnt.
 */
export async function trainAndTell(out: string, options: TrainOptions): Promise<TrainResult> {
  const interrupt = abortOnInterrupt()
  const display = terminalProgress()
  const write = historyWriter(join(out, 'history.jsonl'))
  try {
    const result = await train({
      ...options,
      signal: interrupt.signal,
      onStep: display.onStep,
      onEpoch(epoch) {
        display.onEpoch(epoch)
        write(epoch)
      },
    })
    if (result.interrupted) console.log(`Interrupted after ${result.steps} steps; what was learnt is kept.`)
    return result
  } finally {
    display.finish()
    interrupt.dispose()
  }
}
