import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FacekpError } from '@facekp/core'

/** Writes a file whole or not at all; its folder is made. Throws `PLOT_NOT_WRITTEN`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(fresh, content)
    await rename(fresh, path)
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw new FacekpError({
      code: 'PLOT_NOT_WRITTEN',
      file: path,
      problem: 'cannot be written',
      received: (cause as Error).message,
      cause,
    })
  }
}
