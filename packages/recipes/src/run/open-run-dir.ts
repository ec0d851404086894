import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { checkArgument, FacekpError, isFacekpError, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { acquireLock, decodeText, type Lock, makeDir, notWrittenError, RUN_LOCK } from '@facekp/files'
import { CHECK_RUN_DIR_KINDS, type CheckRunDirOptions, checkRunDir, listRunFiles } from './check-run-dir.ts'
import { writeJson } from './write-json.ts'

/** Locks of the run folders that this program has opened, by their paths. */
const locks = new Map<string, Lock>()

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const RUN_DIR_OPTIONS = objectKind({ ...CHECK_RUN_DIR_KINDS, settings: optionalKind(KINDS.object) })

export interface RunDirOptions extends CheckRunDirOptions {
  /** Written to `settings.json`; a run is continued only with the same. */
  readonly settings?: object | undefined
}

/**
 * Creates the folder of a run and locks it until this program ends. A folder that contains a run is an error, unless the run is
 * resumed or overwritten.
 *
 * @returns the folder
 * @throws FacekpError `OPTION_INVALID` if the folder cannot be made, or for both `resume` and `overwrite`; `LOCKED` if another program uses
 *   it; `RUN_EXISTS` if it holds a run; `RUN_MISMATCH` if that run has other `settings`
 *
 * @example
 * ```ts
 * const out = await openRunDir('runs/nose', { overwrite: true })
 * ```
 */
export async function openRunDir(out: string, options: RunDirOptions = {}): Promise<string> {
  checkArgument(KINDS.path, out, 'out', 'openRunDir')
  checkArgument(RUN_DIR_OPTIONS, options, 'options', 'openRunDir')
  const { overwrite = false, settings } = options
  await makeDir(out).catch((cause: Error) => {
    throw notWrittenError(out, cause, { code: 'OPTION_INVALID', kind: 'folder' })
  })
  await lockRunDir(out).catch((cause: Error) => {
    throw isFacekpError(cause) ? cause : notWrittenError(out, cause, { code: 'OPTION_INVALID', kind: 'folder' })
  })
  // Only now: the program that had the folder may have left a run.
  await checkRunDir(out, options)
  if (overwrite) await removeRun(out)
  if (settings) await claimSettings(join(out, 'settings.json'), settings)
  return out
}

/** Removes a run from its folder; the files that show that it is a run go last. */
async function removeRun(out: string): Promise<void> {
  for (const name of listRunFiles(out).reverse()) await rm(join(out, name), { recursive: true, force: true })
}

/**
 * Writes the settings of a run, or compares them with those that its file has.
 *
 * @throws FacekpError `RUN_MISMATCH` if they differ, `RUN_DAMAGED`
 */
export async function claimSettings(file: string, settings: object): Promise<void> {
  if (!existsSync(file)) return writeJson(file, settings)
  const before = parseSettings(decodeText(await readFile(file)), file)
  const after = JSON.parse(JSON.stringify(settings)) as Record<string, unknown>
  const name = Object.keys({ ...before, ...after }).find((key) => !isDeepStrictEqual(before[key], after[key]))
  if (name === undefined) return
  throw new FacekpError({
    code: 'RUN_MISMATCH',
    file,
    problem: `the run in this folder has a different ${name}`,
    received: JSON.stringify(after[name]),
    expected: `${JSON.stringify(before[name])}, or another folder`,
  })
}

function parseSettings(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'RUN_DAMAGED',
      file,
      problem: 'invalid JSON',
      received: (cause as Error).message,
      expected: 'the settings of the run: run it again with overwrite (--overwrite)',
      cause,
    })
  }
}

/** Excludes other programs from a run folder until this one ends, and removes the folder then if it is empty. */
async function lockRunDir(out: string): Promise<void> {
  const path = resolve(out)
  if (locks.has(path)) return
  if (locks.size === 0) leaveTidily()
  locks.set(path, await acquireLock(join(path, RUN_LOCK), { subject: `the run folder ${out}` }))
}

/** Removes empty run folders and releases the locks when the program ends, also by Ctrl-C while nothing else listens to it. */
function leaveTidily(): void {
  const removeEmpty = (): void => {
    for (const [path, lock] of locks) {
      lock.release()
      if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
    }
  }
  const onSignal = (name: NodeJS.Signals): void => {
    // A training stops by itself and keeps its work.
    if (process.listenerCount(name) > 1) return
    if (name === 'SIGINT') process.stderr.write('\ninterrupted\n')
    removeEmpty()
    process.off(name, onSignal)
    process.kill(process.pid, name)
  }
  process.on('exit', removeEmpty)
  for (const name of SIGNALS) process.on(name, onSignal)
}
