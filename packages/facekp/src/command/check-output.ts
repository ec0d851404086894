import { readdir } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import { checkReplaceable } from '@facekp/files'

/**
 * Protects files from being overwritten: the path must not exist, or be an empty folder.
 *
 * @throws FacekpError `OUTPUT_EXISTS`; `OUTPUT_NOT_WRITTEN` for a device, a pipe or a socket, which no option replaces
 */
export async function checkOutput(
  path: string,
  { overwrite = false }: { readonly overwrite?: boolean },
): Promise<void> {
  const stats = await checkReplaceable(path, 'OUTPUT_NOT_WRITTEN')
  if (overwrite || stats === undefined || (stats.isDirectory() && (await readdir(path)).length === 0)) return
  throw new FacekpError({
    code: 'OUTPUT_EXISTS',
    file: path,
    problem: 'the file or folder exists already',
    expected: 'another path, or --overwrite to replace it',
  })
}
