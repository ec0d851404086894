import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { EpochReport } from '../loop/reports.ts'
import { createFileLogger } from './file-logger.ts'
import type { TrainingListener } from './training-callback.ts'

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
 * Writes the reports of the epochs to a CSV file. The columns are always the same; a cell is empty if its value was not measured.
 * The file is rewritten when the first epoch of a new training ends; a resumed training writes its earlier epochs first.
 *
 * @throws in training, `FILE_NOT_WRITTEN` if the file cannot be written
 *
 * @example
 * ```ts
 * import { type TrainOptions, train } from '@facekp/trainer'
 * import { csvLogger } from '@facekp/trainer/node'
 *
 * export const trainWithLog = (options: TrainOptions) => train({ ...options, callbacks: [csvLogger('run/history.csv')] })
 * ```
 */
export function csvLogger(file: string): TrainingListener {
  checkArgument(KINDS.string, file, 'file', 'csvLogger')
  return createFileLogger(file, {
    header: `${NAMES.join(',')}\n`,
    formatLine: (report) => NAMES.map((name) => report[name] ?? '').join(','),
  })
}
