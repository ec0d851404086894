import { existsSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FacekpError } from '@facekp/core'

/** Makes the folder of the results before anything is trained for it; throws `OPTION_INVALID` where it cannot be made. */
export async function makeOutFolder(out: string): Promise<string> {
  try {
    await makeFolder(out)
  } catch (cause) {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: `--out ${out} cannot be made`,
      received: (cause as Error).message,
      expected: 'a folder, or a path where one can be made',
      cause,
    })
  }
  return out
}

/** The folder and those above it. Node's own `recursive` never ends where a folder such as /proc says that it is not there itself. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || existsSync(dirname(folder))) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder)
  }
}
