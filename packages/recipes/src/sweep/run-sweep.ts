import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkArgument, FacekpError, isFacekpError, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { acquireLock, type Lock, makeDir, notWrittenError, RUN_LOCK } from '@facekp/files'
import { type Job, type JobExecutor, type JobResult, readDeadLetters, readJobOrder, runJobs } from '@facekp/jobs'
import { claimSettings } from '../run/open-run-dir.ts'
import { writeJson } from '../run/write-json.ts'
import { drawTrial, type SweptParameter } from './search-space.ts'
import { listRungs, type Rung, SuccessiveHalving } from './successive-halving.ts'

/** Of this many trials, one is trained on. */
const REDUCTION = 3

/** File of the settings of a sweep, in its folder. */
const SETTINGS = 'sweep-settings.json'

/** A training of a sweep: one trial with one seed, tested on one fold. */
export interface SweepTraining {
  /** Values of the recipe, for `overrideRecipe`. */
  readonly overrides: readonly string[]
  readonly seed: number
  /** The fold to test on, from 1; absent without cross-validation. */
  readonly fold?: number
  /** The training ends after this epoch, at a checkpoint. */
  readonly untilEpoch: number
  /** Folder of the run; the same at each rung. */
  readonly out: string
}

export interface SweepOptions {
  readonly space: readonly SweptParameter[]
  /** Number of draws from the space. */
  readonly trials: number
  /** Epochs of the recipe: those of the trials that are trained to the end. */
  readonly epochs: number
  /** Trainings of each trial with different seeds (default 1). */
  readonly seeds?: number | undefined
  /** Folds of a cross-validation (default: none). */
  readonly folds?: number | undefined
  /** Trials that are trained at a time. */
  readonly parallel: number
  /** Folder of the sweep. */
  readonly out: string
  readonly executor: JobExecutor
  /** Creates the job of a training. It returns an object whose `valErrorPx` is the error on the test faces. */
  readonly createJob: (training: SweepTraining) => Job
  /** Is called for each result. */
  readonly onResult?: ((result: JobResult, trial: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a trial reached. */
export interface SweepTrial {
  readonly trial: number
  readonly overrides: readonly string[]
  /** Epochs that its trainings were trained for. */
  readonly epochs: number
  /** Mean error in pixels over its seeds and folds; `Infinity` if one of them failed. */
  readonly valErrorPx: number
  /** Folders of its runs. */
  readonly folders: readonly string[]
}

/** What the trainings of a sweep depend on. */
interface SweepSettings {
  /** Epochs up to which trials are trained. */
  readonly rungs: readonly number[]
  readonly firstTraining: Pick<Job, 'module' | 'args'>
}

/** A rung of a trial whose trainings are under way. */
interface OpenRung {
  readonly rung: Rung
  readonly errors: number[]
}

const OPTIONS = objectKind({
  space: KINDS.array,
  trials: KINDS.size,
  epochs: KINDS.size,
  parallel: KINDS.size,
  out: KINDS.path,
  executor: KINDS.object,
  createJob: KINDS.function,
})

/**
 * Searches for the best values of a recipe: random search with asynchronous successive halving, as jobs. Trials go on from their
 * checkpoints, so that a rung is exactly the first part of a whole training.
 *
 * What is trained next depends on the seeds, on the results, and on the order in which trials reach a rung. A sweep that was interrupted
 * goes on from its journal, which holds results and order: it decides as before it was interrupted. Only failed trainings are attempted
 * again, each in the place of its failure.
 *
 * @returns the trials, best first: those that were trained for longer come before the others
 * @throws FacekpError `RUN_MISMATCH` if trainings of a sweep with other options, or in another place, are in `out`; `RUN_DAMAGED`;
 *   `LOCKED` if another program uses the folder; `OPTION_INVALID` if it cannot be made; what `runJobs` throws
 */
export async function runSweep(options: SweepOptions): Promise<SweepTrial[]> {
  checkArgument(OPTIONS, options, 'options', 'runSweep')
  const { executor, out, signal, onResult, trials, epochs } = options
  const rungs = listRungs(trials, epochs, REDUCTION)
  const journal = join(out, 'sweep.jsonl')
  const lock = await lockFolder(out)
  try {
    const order = await readJobOrder(journal)
    const state = new SweepState(options, rungs, order)
    const { module, args } = state.firstJob
    const settings = { rungs, firstTraining: { module, args } }
    const hasResults = order.length > (await readDeadLetters(journal)).length || (await hasCheckpoints(out))
    if (hasResults) await claimSweep(join(out, SETTINGS), settings)
    else await writeJson(join(out, SETTINGS), settings)
    for await (const result of runJobs(state.listJobs(), { executor, journal, signal })) {
      const trial = state.finish(result)
      onResult?.(result, trial)
    }
    return state.listTrials()
  } finally {
    lock.release()
  }
}

/** Makes the folder of a sweep and excludes other programs from it. */
async function lockFolder(out: string): Promise<Lock> {
  try {
    await makeDir(out)
    return await acquireLock(join(out, RUN_LOCK), { subject: `the sweep folder ${out}` })
  } catch (error) {
    throw isFacekpError(error) ? error : notWrittenError(out, error, { code: 'OPTION_INVALID', kind: 'folder' })
  }
}

/** Tests whether a training of the sweep in a folder has left a checkpoint, from which it would go on. */
async function hasCheckpoints(out: string): Promise<boolean> {
  for (const trial of (await readdir(out)).filter((name) => name.startsWith('trial-'))) {
    const folder = join(out, trial, 'checkpoints')
    const names = existsSync(folder) ? await readdir(folder) : []
    if (names.some((name) => name.endsWith('.safetensors'))) return true
  }
  return false
}

/** Refuses to go on with the trainings of another sweep: what they reached further on would count as the result of an earlier rung. */
async function claimSweep(file: string, settings: SweepSettings): Promise<void> {
  await claimSettings(file, settings).catch((cause: unknown) => {
    if (isFacekpError(cause, 'RUN_DAMAGED')) throw damagedError(file, cause)
    if (!isFacekpError(cause, 'RUN_MISMATCH')) throw cause
    const { rungs, firstTraining } = settings
    throw new FacekpError({
      code: 'RUN_MISMATCH',
      file,
      problem: 'the sweep in this folder was begun with other options, or in another place',
      received: `rungs of ${rungs.join(', ')} epochs, first training ${JSON.stringify(firstTraining.args)}`,
      expected: 'the same options in the same place, or another folder',
      cause,
    })
  })
}

/** Creates the error of damaged settings: the trainings of a sweep are not overwritten. */
function damagedError(file: string, cause: FacekpError): FacekpError {
  const { code, problem, received } = cause
  const expected = 'the settings of the sweep: remove the file if the options are the same, or name another folder'
  return new FacekpError({ code, file, problem, received, expected, cause })
}

/** Trials that are begun, and what they reached. */
class SweepState {
  readonly #options: SweepOptions
  readonly #rungs: readonly number[]
  readonly #halving: SuccessiveHalving
  /** Places of jobs in the order of an earlier run. */
  readonly #places: ReadonlyMap<string, number>
  readonly #openByJob = new Map<string, OpenRung>()
  /** Results of open jobs that wait for that of another one, by their jobs. */
  readonly #results = new Map<string, JobResult>()
  readonly #trials = new Map<number, SweepTrial>()
  readonly #jobs: Job[] = []
  #open = 0
  #wake: () => void = () => undefined

  /**
   * @param rungs epochs up to which trials are trained
   * @param order ids of jobs, in the order in which an earlier run received their results
   */
  constructor(options: SweepOptions, rungs: readonly number[], order: readonly string[]) {
    this.#options = options
    this.#places = new Map(order.map((id, place) => [id, place]))
    this.#rungs = rungs
    this.#halving = new SuccessiveHalving({ trials: options.trials, rungs: rungs.length, reduction: REDUCTION })
    this.#begin()
  }

  /** The first training of the first trial, before the jobs are listed. */
  get firstJob(): Job {
    return this.#jobs[0] as Job
  }

  /** Lists the jobs as results allow them. */
  async *listJobs(): AsyncGenerator<Job> {
    while (this.#open > 0) {
      const job = this.#jobs.shift()
      if (job) yield job
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  /** Receives a result and returns its trial. */
  finish(result: JobResult): number {
    const { id } = result.job
    const { rung } = this.#openByJob.get(id) as OpenRung
    this.#results.set(id, result)
    for (let next = this.#takeResult(); next; next = this.#takeResult()) this.#report(next)
    return rung.trial
  }

  /** Takes the next result: those of an earlier run in their order, all others as they come. */
  #takeResult(): JobResult | undefined {
    let [next] = this.#results.keys()
    for (const id of this.#openByJob.keys()) if (this.#getPlace(id) < this.#getPlace(next)) next = id
    const result = this.#results.get(next as string)
    this.#results.delete(next as string)
    return result
  }

  #getPlace(id: string | undefined): number {
    return this.#places.get(id as string) ?? Number.POSITIVE_INFINITY
  }

  /** Begins trainings as long as there is room, at once: so they depend on the order of the results alone. */
  #begin(): void {
    while (this.#open < this.#options.parallel) {
      const rung = this.#halving.next()
      if (!rung) break
      this.#open++
      const open: OpenRung = { rung, errors: [] }
      for (const training of this.#listTrainings(rung)) {
        const job = this.#options.createJob(training)
        this.#openByJob.set(job.id, open)
        this.#jobs.push(job)
      }
    }
    this.#wake()
  }

  #report(result: JobResult): void {
    const { rung, errors } = this.#openByJob.get(result.job.id) as OpenRung
    this.#openByJob.delete(result.job.id)
    errors.push(result.status === 'done' ? getError(result.value) : Number.POSITIVE_INFINITY)
    const trainings = this.#listTrainings(rung)
    if (errors.length === trainings.length) {
      const valErrorPx = errors.reduce((sum, error) => sum + error, 0) / errors.length
      const { overrides, untilEpoch } = trainings[0] as SweepTraining
      const folders = trainings.map((training) => training.out)
      this.#halving.report(rung, valErrorPx)
      this.#trials.set(rung.trial, { trial: rung.trial, overrides, epochs: untilEpoch, valErrorPx, folders })
      this.#open--
      this.#begin()
    }
  }

  listTrials(): SweepTrial[] {
    return [...this.#trials.values()].sort(
      (a, b) =>
        Number(b.valErrorPx < Number.POSITIVE_INFINITY) - Number(a.valErrorPx < Number.POSITIVE_INFINITY) ||
        b.epochs - a.epochs ||
        a.valErrorPx - b.valErrorPx,
    )
  }

  #listTrainings({ trial, rung }: Rung): SweepTraining[] {
    const { space, seeds = 1, folds, out } = this.#options
    const overrides = drawTrial(space, trial, 0)
    const untilEpoch = this.#rungs[rung] as number
    const name = `trial-${String(trial).padStart(3, '0')}`
    const seedList = Array.from({ length: seeds }, (_, seed) => seed)
    const foldList = folds === undefined ? [undefined] : Array.from({ length: folds }, (_, fold) => fold + 1)
    return foldList.flatMap((fold) =>
      seedList.map((seed): SweepTraining => {
        const folder = join(out, `${name}${fold === undefined ? '' : `-fold-${fold}`}-seed-${seed}`)
        return { overrides, seed, untilEpoch, out: folder, ...(fold !== undefined && { fold }) }
      }),
    )
  }
}

function getError(value: unknown): number {
  const error = (value as { readonly valErrorPx?: unknown } | null)?.valErrorPx
  return typeof error === 'number' ? error : Number.POSITIVE_INFINITY
}
