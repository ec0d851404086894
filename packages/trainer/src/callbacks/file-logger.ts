import { appendFile } from 'node:fs/promises'
import { notWrittenError, writeFileAtomic } from '@facekp/files'
import type { EpochReport } from '../loop/reports.ts'
import type { TrainingListener } from './training-callback.ts'

/**
 * Creates a listener that writes one line per epoch. Each line is on the disk when its epoch ends, so a crash loses no line. A training
 * that fails before its first epoch ends leaves an earlier file as it was.
 */
export function createFileLogger(
  file: string,
  { header, formatLine }: { readonly header: string; readonly formatLine: (report: EpochReport) => string },
): TrainingListener {
  let isBegun = false
  const append = (lines: string): Promise<void> =>
    appendFile(file, lines, { flush: true }).catch((cause) => {
      throw notWrittenError(file, cause)
    })
  const write = async (reports: readonly EpochReport[]): Promise<void> => {
    const lines = reports.map((report) => `${formatLine(report)}\n`).join('')
    await (isBegun ? append(lines) : writeFileAtomic(file, header + lines))
    isBegun = true
  }
  return {
    onTrainBegin() {
      isBegun = false
    },
    onResume: write,
    onEpochEnd: (report) => write([report]),
  }
}
