import { checkArgument, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { bootstrap, type Estimate } from '@facekp/metrics'
import { readRunErrors } from '../run/read-runs.ts'
import type { SweepTrial } from './run-sweep.ts'

const TRIALS = listKind(objectKind({ overrides: KINDS.strings, folders: KINDS.strings }))

/** A line of the table of a sweep. */
export interface SweepRow extends SweepTrial {
  /** Mean error over the test faces of the trial, with its 95 % interval; absent if it failed. */
  readonly errorPx?: Estimate
}

/**
 * Reads the errors of all faces of the trials, and computes their intervals. A face counts once, with its mean error over the seeds: the
 * same face with another seed is no further evidence about other faces.
 */
export async function createSweepTable(trials: readonly SweepTrial[]): Promise<SweepRow[]> {
  checkArgument(TRIALS, trials, 'trials', 'createSweepTable')
  const rows: SweepRow[] = []
  for (const trial of trials) {
    if (!Number.isFinite(trial.valErrorPx)) {
      rows.push(trial)
      continue
    }
    const runs = await Promise.all(trial.folders.map((folder) => readRunErrors(folder)))
    const errorsById = new Map<string, number[]>()
    for (const { id, errorPx } of runs.flatMap(({ faces }) => faces)) {
      errorsById.set(id, [...(errorsById.get(id) ?? []), errorPx])
    }
    const errorPx = bootstrap([...errorsById.values()].map(computeMean), computeMean)
    rows.push({ ...trial, errorPx })
  }
  return rows
}

function computeMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Formats the table of a sweep as Markdown. */
export function formatSweepTable(rows: readonly SweepRow[]): string {
  checkArgument(TRIALS, rows, 'rows', 'formatSweepTable')
  const lines = rows.map(({ trial, overrides, epochs, errorPx }) => {
    const error = errorPx
      ? `${errorPx.value.toFixed(2)} (${errorPx.low.toFixed(2)}-${errorPx.high.toFixed(2)})`
      : 'failed'
    return `| ${trial} | ${overrides.join(' ')} | ${epochs} | ${error} |`
  })
  return ['| trial | values | epochs | error in px (95 % interval) |', '| --- | --- | --- | --- |', ...lines].join('\n')
}
