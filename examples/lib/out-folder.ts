import { mkdir } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'

/** Makes the folder of the results before anything is trained for it; throws `OPTION_INVALID` where it cannot be made. */
export async function makeOutFolder(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true })
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
