import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { EpochReport } from '../loop/train-options.ts'

/** The columns of a CSV file. */
const COLUMNS: Readonly<Record<keyof EpochReport, true>> = {
  epoch: true,
  step: true,
  trainLoss: true,
  valLoss: true,
  valErrorPx: true,
  learningRate: true,
  gradientNorm: true,
  seconds: true,
  imagesPerSecond: true,
}
const NAMES = Object.keys(COLUMNS) as (keyof EpochReport)[]

/**
 * Writes each epoch into `file`, begun anew with the first: what `train` takes as `onEpoch`. A name that ends with `.csv` makes a table,
 * whose columns are always the same, in the same order, a cell being empty where a figure was not measured; any other a line of JSON an
 * epoch. A line is on the disk when its epoch ends, so that a run that breaks off keeps what it told; and a run that is refused leaves
 * the file that was there.
 *
 * @example
 * ```ts
 * const write = historyWriter('run/history.csv')
 * await train({ ...settings, onResume: (history) => history.forEach(write), onEpoch: write })
 * ```
 */
export function historyWriter(file: string): (epoch: EpochReport) => void {
  const isTable = file.endsWith('.csv')
  mkdirSync(dirname(file), { recursive: true })
  let begun = false
  return (epoch) => {
    const line = isTable ? NAMES.map((name) => epoch[name] ?? '').join(',') : JSON.stringify(epoch)
    if (!begun) writeFileSync(file, isTable ? `${NAMES.join(',')}\n` : '')
    begun = true
    appendFileSync(file, `${line}\n`, { flush: true })
  }
}
