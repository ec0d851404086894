import { existsSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and its parents. `mkdir` with `recursive` never ends below a folder such as /proc that denies its own
 * existence.
 */
export async function makeDir(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || existsSync(dirname(folder))) throw error
    await makeDir(dirname(folder))
    // Another program may have made it meanwhile.
    await mkdir(folder, { recursive: true })
  }
}
