/** A training of a trial up to an epoch. */
export interface Rung {
  readonly trial: number
  /** From 0. */
  readonly rung: number
}

/**
 * Lists the epochs up to which trials are trained, so that at least one is trained to the end.
 *
 * @param reduction of R trials, one is trained on; R times as long
 */
export function listRungs(trials: number, epochs: number, reduction: number): number[] {
  const rungs = [epochs]
  let budget = epochs
  let promoted = trials
  for (;;) {
    budget = Math.ceil(budget / reduction)
    promoted = Math.floor(promoted / reduction)
    if (promoted < 1 || budget >= (rungs[0] as number)) return rungs
    rungs.unshift(budget)
  }
}

/**
 * Decides which trial is trained next: asynchronous successive halving. Of the trials that have reached a rung, the best are trained
 * on to the next one; until there is such a one, a new trial begins.
 *
 * Source: Li et al. 2020, A system for massively parallel hyperparameter tuning (ASHA), algorithm 2.
 */
export class SuccessiveHalving {
  readonly #trials: number
  readonly #reduction: number
  readonly #errorsByRung: Map<number, number>[]
  readonly #promotedByRung: Set<number>[]
  #started = 0

  constructor({
    trials,
    rungs,
    reduction,
  }: { readonly trials: number; readonly rungs: number; readonly reduction: number }) {
    this.#trials = trials
    this.#reduction = reduction
    this.#errorsByRung = Array.from({ length: rungs }, () => new Map())
    this.#promotedByRung = Array.from({ length: rungs }, () => new Set())
  }

  /** Returns what to train next; undefined if nothing can begin before further results are there. */
  next(): Rung | undefined {
    for (let rung = this.#errorsByRung.length - 2; rung >= 0; rung--) {
      const trial = this.#findPromotable(rung)
      if (trial === undefined) continue
      this.#promotedByRung[rung]?.add(trial)
      return { trial, rung: rung + 1 }
    }
    return this.#started < this.#trials ? { trial: this.#started++, rung: 0 } : undefined
  }

  /** Receives the error of a trial at a rung; `Infinity` for one that failed. */
  report({ trial, rung }: Rung, error: number): void {
    this.#errorsByRung[rung]?.set(trial, error)
  }

  #findPromotable(rung: number): number | undefined {
    const errors = this.#errorsByRung[rung] as Map<number, number>
    const best = [...errors].sort(([, a], [, b]) => a - b).slice(0, Math.floor(errors.size / this.#reduction))
    return best.find(([trial, error]) => Number.isFinite(error) && !this.#promotedByRung[rung]?.has(trial))?.[0]
  }
}
