import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { FacekpError } from '@facekp/core'
import { makeOutFolder } from './out-folder.ts'
import { writeJson } from './write-json.ts'

/**
 * Makes the folder of several trainings and writes down in its settings.json how they are set, so that none is gone on with or read back
 * that is of other settings.
 *
 * Throws `OPTION_INVALID` where the folder cannot be made, where there are trainings in it and they are not to be gone on with, or where
 * those are of other settings.
 */
export async function claimFolder(out: string, settings: object, { resume }: { resume: boolean }): Promise<string> {
  await makeOutFolder(out)
  const file = join(out, 'settings.json')
  if (!existsSync(file)) {
    await writeJson(file, settings)
    return out
  }
  if (!resume) {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: `there are trainings in --out ${out}`,
      expected: '--resume to go on with them, or another folder',
    })
  }
  const [before, now] = [await readFile(file, 'utf8'), JSON.stringify(settings)].map(
    (text): Record<string, unknown> => JSON.parse(text),
  )
  const names = Object.keys({ ...before, ...now })
  const other = names.find((name) => !isDeepStrictEqual(before?.[name], now?.[name]))
  if (other === undefined) return out
  throw new FacekpError({
    code: 'OPTION_INVALID',
    problem: `the trainings in --out ${out} have another ${other}`,
    received: JSON.stringify(now?.[other]),
    expected: `${JSON.stringify(before?.[other])}, or another folder`,
  })
}
