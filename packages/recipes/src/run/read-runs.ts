import { basename, join, resolve, sep } from 'node:path'
import { checkArgument, FacekpError, isFacekpError, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { readText as readTextFile } from '@facekp/files'
import { bootstrap } from '@facekp/metrics'
import { parseOptions } from '@facekp/options'
import type { ComparedRun, MetricEstimate } from '@facekp/viz'
import type * as z from 'zod/mini'
import { type RunErrors, type RunSummary, runEpochSchema, runErrorsSchema, runSummarySchema } from './run-summary.ts'

const READ_RUNS_FOLDERS = listKind(KINDS.path)

/**
 * Reads run folders for `compareRuns` of `@facekp/viz`: summary.json, history.jsonl and, if it is there, errors.json. A run's
 * label is its folder's name, with as much of the path before it as distinguishes it from the others.
 *
 * @throws FacekpError `RUN_MISSING` naming the missing file, `RUN_DAMAGED` naming file and line, `OPTION_INVALID` for a folder named twice
 */
export async function readRuns(folders: readonly string[]): Promise<ComparedRun[]> {
  checkArgument(READ_RUNS_FOLDERS, folders, 'folders', 'readRuns')
  const labels = runLabels(folders)
  const runs: ComparedRun[] = []
  for (const [i, folder] of folders.entries()) runs.push(await readRun(folder, labels[i] as string))
  return runs
}

/**
 * Reads summary.json of a run folder.
 *
 * @throws FacekpError `RUN_MISSING` if it is missing, `RUN_DAMAGED` naming the key that is invalid
 */
export function readRunSummary(folder: string): Promise<RunSummary> {
  checkArgument(KINDS.path, folder, 'folder', 'readRunSummary')
  return readJson(join(folder, 'summary.json'), runSummarySchema)
}

/** Reads errors.json of a run folder; throws as {@link readRunSummary}. */
export function readRunErrors(folder: string): Promise<RunErrors> {
  checkArgument(KINDS.path, folder, 'folder', 'readRunErrors')
  return readJson(join(folder, 'errors.json'), runErrorsSchema)
}

async function readRun(folder: string, label: string): Promise<ComparedRun> {
  const summary = await readRunSummary(folder)
  // A training that was interrupted in its first epoch has no history.
  const history = summary.epochs === 0 ? [] : await readLines(join(folder, 'history.jsonl'), runEpochSchema)
  const errors = await readRunErrors(folder).catch((error: unknown) => {
    if (isFacekpError(error) && error.code === 'RUN_MISSING') return undefined
    throw error
  })
  const { title, data, backend, interrupted, seconds, imagesPerSecond, valErrorPx, nme, failureRate, auc, maePx } =
    summary
  const metrics = {
    nme,
    failureRate,
    auc,
    maePx,
    errorPx: errors ? meanError(errors.faces) : { value: valErrorPx },
  }
  return {
    label,
    data: `${title}, ${data}`,
    ...errors,
    metrics: Object.fromEntries(Object.entries(metrics).filter(([, metric]) => metric)),
    history,
    interrupted,
    seconds,
    imagesPerSecond: imagesPerSecond ?? undefined,
    settings: { backend, ...summary.settings },
  }
}

function meanError(faces: readonly { readonly errorPx: number }[]): MetricEstimate {
  return bootstrap(faces, (sample) => sample.reduce((sum, { errorPx }) => sum + errorPx, 0) / sample.length)
}

/** Returns the shortest ends of the folders' paths that differ. */
function runLabels(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => resolve(folder))
  const duplicate = folders.find((_, i) => paths.indexOf(paths[i] as string) !== i)
  if (duplicate !== undefined) {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: `the run ${duplicate} is named twice`,
      received: folders.join(' '),
      expected: 'each run once',
    })
  }
  const end = (path: string, names: number): string => path.split(sep).slice(-names).join('/')
  return paths.map((path) => {
    let names = 1
    while (paths.some((other) => other !== path && end(other, names) === end(path, names))) names++
    return names === 1 ? basename(path) : end(path, names)
  })
}

function readText(file: string): Promise<string> {
  const expected = 'the folder of a finished run: its summary.json is written last'
  return readTextFile(file, { code: 'RUN_MISSING', kind: 'file', expected })
}

async function readJson<T>(file: string, schema: z.ZodMiniType<T>): Promise<T> {
  return parseJson(await readText(file), schema, { file })
}

async function readLines<T>(file: string, schema: z.ZodMiniType<T>): Promise<T[]> {
  const lines = (await readText(file)).split('\n')
  // A killed program may have written half of the last line, without its end.
  if (!isJson(lines.at(-1) as string)) lines.pop()
  return lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseJson(line, schema, { file, line: i + 1 })]))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function parseJson<T>(
  text: string,
  schema: z.ZodMiniType<T>,
  place: { readonly file: string; readonly line?: number },
): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const received = (cause as Error).message
    const expected = 'the file that the run wrote: run it again with overwrite (--overwrite)'
    throw new FacekpError({ code: 'RUN_DAMAGED', ...place, problem: 'invalid JSON', received, expected, cause })
  }
  return parseOptions({ schema, value, code: 'RUN_DAMAGED', noun: 'key', ...place })
}
