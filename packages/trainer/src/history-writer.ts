import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { EpochReport } from './train-options.ts'

/**
 * Writes each epoch as a line of JSON into `file`, begun anew with the first: what `train` takes as `onEpoch`. A line is on the disk
 * when its epoch ends, so that a run that breaks off keeps what it told; and a run that is refused leaves the file that was there.
 */
export function historyWriter(file: string): (epoch: EpochReport) => void {
  mkdirSync(dirname(file), { recursive: true })
  let write: typeof appendFileSync = writeFileSync
  return (epoch) => {
    write(file, `${JSON.stringify(epoch)}\n`)
    write = appendFileSync
  }
}
