import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { FacekpError } from '@facekp/core'
import { writeJson } from './write-json.ts'

/** What a run leaves in its folder. */
const RUN_FILES = [
  'settings.json',
  'run.json',
  'history.jsonl',
  'summary.json',
  'errors.json',
  'report.html',
  'submission.csv',
  'checkpoints',
  'plots',
  'model',
  'model-folded',
]

export interface RunDirOptions {
  /** Continues the run in the folder, if there is one (default false). */
  readonly resume?: boolean | undefined
  /** Deletes the run in the folder, if there is one (default false). */
  readonly overwrite?: boolean | undefined
  /** Written to `settings.json`; a run is continued only with the same. */
  readonly settings?: object | undefined
}

/**
 * Makes a run's folder and claims it: a folder that holds a run is an error unless it is to be continued or overwritten.
 *
 * @returns the folder
 * @throws FacekpError `OPTION_INVALID` if the folder cannot be made, `RUN_EXISTS` if it holds a run, `RUN_MISMATCH` if that run has
 * other `settings`
 *
 * @example
 * ```ts
 * const out = await openRunDir('runs/nose', { overwrite: true })
 * ```
 */
export async function openRunDir(out: string, options: RunDirOptions = {}): Promise<string> {
  const { resume = false, overwrite = false, settings } = options
  await makeDir(out).catch((cause: Error) => {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: `cannot make the folder ${out}`,
      received: cause.message,
      expected: 'a folder, or a path where one can be made',
      cause,
    })
  })
  if (overwrite && !resume) {
    for (const name of RUN_FILES) await rm(join(out, name), { recursive: true, force: true })
  }
  const existing = RUN_FILES.find((name) => existsSync(join(out, name)))
  if (existing !== undefined && !resume) throw runExistsError(out, existing)
  if (settings) await claimSettings(join(out, 'settings.json'), settings)
  return out
}

function runExistsError(out: string, file: string): FacekpError {
  return new FacekpError({
    code: 'RUN_EXISTS',
    problem: `the folder ${out} already holds a run`,
    received: join(out, file),
    expected: 'resume (--resume) to continue it, overwrite (--overwrite) to replace it, or another folder',
  })
}

async function claimSettings(file: string, settings: object): Promise<void> {
  if (!existsSync(file)) return writeJson(file, settings)
  const before = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  const after = JSON.parse(JSON.stringify(settings)) as Record<string, unknown>
  const name = Object.keys({ ...before, ...after }).find((key) => !isDeepStrictEqual(before[key], after[key]))
  if (name === undefined) return
  throw new FacekpError({
    code: 'RUN_MISMATCH',
    file,
    problem: `the run in this folder has another ${name}`,
    received: JSON.stringify(after[name]),
    expected: `${JSON.stringify(before[name])}, or another folder`,
  })
}

/**
 * Makes a folder and its parents. `mkdir` with `recursive` never ends below a folder such as /proc that denies its own
 * existence.
 */
async function makeDir(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || existsSync(dirname(folder))) throw error
    await makeDir(dirname(folder))
    await mkdir(folder)
  }
}
