import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ArgumentKind, checkArgument, FacekpError, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkWritable, RUN_FILES } from '@facekp/files'

/** Files that show that a folder holds a run. */
const MARKERS = RUN_FILES.slice(0, 4)

/** Kinds of {@link CheckRunDirOptions}. */
export const CHECK_RUN_DIR_KINDS: Readonly<Record<keyof CheckRunDirOptions, ArgumentKind<boolean | undefined>>> = {
  resume: optionalKind(KINDS.boolean),
  overwrite: optionalKind(KINDS.boolean),
}

const CHECK_RUN_DIR_OPTIONS = objectKind(CHECK_RUN_DIR_KINDS)

export interface CheckRunDirOptions {
  /** Continues the run in the folder, if there is one (default false). */
  readonly resume?: boolean | undefined
  /** Deletes the run in the folder, if there is one (default false). */
  readonly overwrite?: boolean | undefined
}

/**
 * Checks that `openRunDir` can open the folder of a run, before the work whose result it will hold. Writes and removes nothing.
 *
 * @throws FacekpError `OPTION_INVALID` if the folder cannot be made, or for both options; `RUN_EXISTS` if it holds a run
 *
 * @example
 * ```ts
 * await checkRunDir('runs/nose', { overwrite: true })
 * ```
 */
export async function checkRunDir(out: string, options: CheckRunDirOptions = {}): Promise<void> {
  checkArgument(KINDS.path, out, 'out', 'checkRunDir')
  checkArgument(CHECK_RUN_DIR_OPTIONS, options, 'options', 'checkRunDir')
  const { resume = false, overwrite = false } = options
  if (resume && overwrite) throw contradictionError()
  await checkWritable(out, { kind: 'folder', code: 'OPTION_INVALID' })
  const files = listRunFiles(out)
  if (resume || files[0] === undefined) return
  if (!overwrite) throw runExistsError(out, files[0])
  if (!files.some((name) => MARKERS.includes(name))) throw noRunError(out, files[0])
}

/** Lists the files and folders of a run that a folder has. */
export function listRunFiles(folder: string): string[] {
  return RUN_FILES.filter((name) => existsSync(join(folder, name)))
}

function contradictionError(): FacekpError {
  return new FacekpError({
    code: 'OPTION_INVALID',
    problem: 'options resume (--resume) and overwrite (--overwrite) contradict each other',
    expected: 'one of them: to continue the run, or to replace it',
    received: 'both',
  })
}

function runExistsError(out: string, file: string): FacekpError {
  return new FacekpError({
    code: 'RUN_EXISTS',
    problem: `the folder ${out} already contains a run`,
    received: join(out, file),
    expected: 'resume (--resume) to continue it, overwrite (--overwrite) to replace it, or another folder',
  })
}

/** Creates the error of a folder that contains no file of a run, only others such as plots. */
function noRunError(out: string, file: string): FacekpError {
  return new FacekpError({
    code: 'RUN_EXISTS',
    file: out,
    problem: 'the folder contains no run to overwrite',
    received: file,
    expected: `one of ${MARKERS.join(', ')} in the folder, or another folder`,
  })
}
