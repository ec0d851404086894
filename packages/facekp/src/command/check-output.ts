import { readdir } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import { checkWritable } from '@facekp/files'

/** Options of {@link checkOutput}. */
export interface CheckOutputOptions {
  /** What is written (default `file`). */
  readonly kind?: 'file' | 'folder'
  readonly overwrite?: boolean
}

/**
 * Protects files from being overwritten, and work from being lost: the path must not exist, or be an empty folder for a folder, and must
 * be one that can be written.
 *
 * @throws FacekpError `OUTPUT_EXISTS`; `OUTPUT_NOT_WRITTEN`, also with `overwrite`, for a path that cannot be written, a folder in the
 *   place of a file or the reverse, and for a device, a pipe or a socket
 */
export async function checkOutput(
  path: string,
  { kind = 'file', overwrite = false }: CheckOutputOptions,
): Promise<void> {
  const stats = await checkWritable(path, { kind, code: 'OUTPUT_NOT_WRITTEN' })
  if (overwrite || stats === undefined || (stats.isDirectory() && (await readdir(path)).length === 0)) return
  throw new FacekpError({
    code: 'OUTPUT_EXISTS',
    file: path,
    problem: 'the file or folder exists already',
    expected: 'another path, or --overwrite to replace it',
  })
}
