import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { notWrittenError } from '@facekp/files'
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
  const write = (reports: readonly EpochReport[]): void => {
    const lines = reports.map((report) => `${formatLine(report)}\n`).join('')
    try {
      if (isBegun) appendFileSync(file, lines, { flush: true })
      else replaceFile(file, header + lines)
    } catch (cause) {
      throw notWrittenError(file, cause)
    }
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

/** Replaces a file at once, so that a program that is killed leaves the earlier lines or all of the new ones. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${randomUUID()}.tmp`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(temporary, text, { flush: true })
  renameSync(temporary, file)
}
