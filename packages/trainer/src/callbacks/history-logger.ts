import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createFileLogger } from './file-logger.ts'
import type { TrainingListener } from './training-callback.ts'

/**
 * Writes the reports of the epochs to a file, a line of JSON each, such as `history.jsonl`. The file is rewritten when the
 * first epoch of a new training ends; a resumed training writes its earlier epochs first.
 *
 * @throws in training, `FILE_NOT_WRITTEN` if the file cannot be written
 */
export function historyLogger(file: string): TrainingListener {
  checkArgument(KINDS.string, file, 'file', 'historyLogger')
  return createFileLogger(file, { header: '', formatLine: (report) => JSON.stringify(report) })
}
