import { join } from 'node:path'
import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type Job, type JobExecutor, type JobResult, runJobs } from '@facekp/jobs'
import { drawTrial, type SweptParameter } from './search-space.ts'
import { listRungs, type Rung, SuccessiveHalving } from './successive-halving.ts'

/** Of this many trials, one is trained on. */
const REDUCTION = 3

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
 * checkpoints, so that a rung is exactly the first part of a whole training. A sweep that was interrupted goes on from its journal.
 *
 * @returns the trials, best first: those that were trained for longer come before the others
 * @throws FacekpError what `runJobs` throws
 */
export async function runSweep(options: SweepOptions): Promise<SweepTrial[]> {
  checkArgument(OPTIONS, options, 'options', 'runSweep')
  const { executor, out, signal, onResult } = options
  const state = new SweepState(options)
  for await (const result of runJobs(state.listJobs(), { executor, journal: join(out, 'sweep.jsonl'), signal })) {
    const trial = state.finish(result)
    onResult?.(result, trial)
  }
  return state.listTrials()
}

/** Trials that are begun, and what they reached. */
class SweepState {
  readonly #options: SweepOptions
  readonly #rungs: readonly number[]
  readonly #halving: SuccessiveHalving
  readonly #openByJob = new Map<string, OpenRung>()
  readonly #trials = new Map<number, SweepTrial>()
  #open = 0
  #wake: () => void = () => undefined

  constructor(options: SweepOptions) {
    const { trials, epochs } = options
    this.#options = options
    this.#rungs = listRungs(trials, epochs, REDUCTION)
    this.#halving = new SuccessiveHalving({ trials, rungs: this.#rungs.length, reduction: REDUCTION })
  }

  /** Lists the jobs as results allow them. */
  async *listJobs(): AsyncGenerator<Job> {
    for (;;) {
      const rung = this.#open < this.#options.parallel ? this.#halving.next() : undefined
      if (rung) {
        this.#open++
        const open: OpenRung = { rung, errors: [] }
        const jobs = this.#listTrainings(rung).map((training) => this.#options.createJob(training))
        for (const { id } of jobs) this.#openByJob.set(id, open)
        yield* jobs
      } else if (this.#open === 0) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  /** Receives a result and returns its trial. */
  finish(result: JobResult): number {
    const { rung, errors } = this.#openByJob.get(result.job.id) as OpenRung
    errors.push(result.status === 'done' ? getError(result.value) : Number.POSITIVE_INFINITY)
    const trainings = this.#listTrainings(rung)
    if (errors.length === trainings.length) {
      const valErrorPx = errors.reduce((sum, error) => sum + error, 0) / errors.length
      const { overrides, untilEpoch } = trainings[0] as SweepTraining
      const folders = trainings.map((training) => training.out)
      this.#halving.report(rung, valErrorPx)
      this.#trials.set(rung.trial, { trial: rung.trial, overrides, epochs: untilEpoch, valErrorPx, folders })
      this.#open--
      this.#wake()
    }
    return rung.trial
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
