import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { EpochReport } from './train-options.ts'

/**
 * Writes each epoch as a line of JSON into `file`, begun anew: what `train` takes as `onEpoch`. A line is on the disk when
 * its epoch ends, so that a run that breaks off keeps what it told.
 */
export function historyWriter(file: string): (epoch: EpochReport) => void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  return (epoch) => appendFileSync(file, `${JSON.stringify(epoch)}\n`)
}
