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
    const parent = dirname(folder)
    // A drive of Windows that does not exist is its own parent.
    if (code !== 'ENOENT' || parent === folder || existsSync(parent)) throw error
    await makeDir(parent)
    // Another program may have made it meanwhile.
    await mkdir(folder, { recursive: true })
  }
}
