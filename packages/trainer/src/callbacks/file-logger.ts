import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
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
  let hasHeader = false
  const write = (report: EpochReport): void => {
    if (!hasHeader) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, header)
    }
    hasHeader = true
    appendFileSync(file, `${formatLine(report)}\n`, { flush: true })
  }
  return { onResume: (history) => history.forEach(write), onEpochEnd: write }
}
