import { readFile } from 'node:fs/promises'
import { notReadError, type UnreadFile } from './file-error.ts'

/**
 * Reads a file.
 *
 * @throws FacekpError of {@link notReadError}
 */
export async function readBytes(path: string, file: UnreadFile): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw notReadError(path, cause, file)
  }
}
