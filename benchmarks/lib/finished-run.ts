import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunSummary } from '@facekp/recipes'
import { readRunSummary } from '@facekp/recipes/node'

/** Reads the summary of a training in a folder; undefined if it has not finished, so that `fit` goes on with it. */
export async function readFinishedRun(folder: string): Promise<RunSummary | undefined> {
  if (!existsSync(join(folder, 'summary.json'))) return undefined
  const summary = await readRunSummary(folder)
  return summary.interrupted ? undefined : summary
}

/** Ends the program after a training that Ctrl-C stopped: its errors are no results. */
export function requireFinished({ interrupted }: Pick<RunSummary, 'interrupted'>): void {
  if (interrupted) process.exit(130)
}
