import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { notWrittenError } from './file-error.ts'

/**
 * Checks that a new file may take the place of what is at `path`: nothing, a file or a folder. A device, a pipe or a socket, such as
 * `/dev/null`, would be lost.
 *
 * @param code of the error that is thrown (default `FILE_NOT_WRITTEN`)
 * @returns what is at `path`; undefined for nothing
 * @throws FacekpError with `code`
 */
export async function checkReplaceable(path: string, code?: string): Promise<Stats | undefined> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return stats
  const cause = Object.assign(new Error('a device, a pipe or a socket'), { code: 'EFTYPE' })
  throw notWrittenError(path, cause, { code })
}
