import { decodeText } from './decode-text.ts'
import type { UnreadFile } from './file-error.ts'
import { readBytes } from './read-bytes.ts'

/**
 * Reads a text file, and decodes it by {@link decodeText}.
 *
 * @throws FacekpError of {@link readBytes}
 */
export async function readText(path: string, file: UnreadFile): Promise<string> {
  return decodeText(await readBytes(path, file))
}
