import type { Value } from '../lowering/value.ts'
import { compile, type Plan, type Work } from './plan.ts'
import type { OnnxSettings } from './settings.ts'

/** Runs of the same graph after which weights that stayed the same are taken to stay so. */
const RUNS_BEFORE_FREEZING = 4
const SMALLEST_FROZEN = 16

interface Entry {
  plan: Plan | undefined
  frozen: Plan | undefined
  /** The leaves' ids in the last run, and for how many runs each was the same. */
  ids: number[]
  steady: number[]
}

/**
 * Compiled graphs by their structure, the ones not used for longest let go. A graph whose weights stay the same from run to
 * run, as at prediction, is compiled once more with them as constants; it is used only while they are the very same values.
 */
export class Plans {
  readonly #entries = new Map<string, Entry>()
  #settings: OnnxSettings
  compiled = 0

  constructor(settings: OnnxSettings) {
    this.#settings = settings
  }

  /** From now on; what is compiled stays as it is. */
  set settings(settings: OnnxSettings) {
    this.#settings = settings
    this.#evict()
  }

  get size(): number {
    let count = 0
    for (const { plan, frozen } of this.#entries.values()) count += (plan ? 1 : 0) + (frozen ? 1 : 0)
    return count
  }

  planFor(work: Work): Plan {
    const entry = this.#entries.get(work.key) ?? { plan: undefined, frozen: undefined, ids: [], steady: [] }
    // The most recently used stand last.
    this.#entries.delete(work.key)
    this.#entries.set(work.key, entry)
    const ids = work.leaves.map(({ id }) => id)
    entry.steady = ids.map((id, i) => (entry.ids[i] === id ? (entry.steady[i] ?? 0) + 1 : 0))
    entry.ids = ids
    if (entry.frozen?.frozen.every(({ leaf, id }) => ids[leaf] === id)) return entry.frozen
    const steady = new Set(
      work.leaves.flatMap((leaf, i) =>
        work.weights.has(i) && (entry.steady[i] as number) >= RUNS_BEFORE_FREEZING && isLarge(leaf) ? [i] : [],
      ),
    )
    if (steady.size > 0) {
      entry.frozen?.session.dispose()
      entry.frozen = this.#compile(work, steady)
      this.#evict()
      return entry.frozen
    }
    entry.plan ??= this.#compile(work, new Set())
    this.#evict()
    return entry.plan
  }

  clear(): void {
    for (const entry of this.#entries.values()) release(entry)
    this.#entries.clear()
  }

  #compile(work: Work, frozen: ReadonlySet<number>): Plan {
    this.compiled++
    return compile(work, frozen, this.#settings)
  }

  #evict(): void {
    const frozenBytes = (): number => {
      let bytes = 0
      for (const { frozen } of this.#entries.values()) bytes += frozen?.frozenBytes ?? 0
      return bytes
    }
    const [newest] = [...this.#entries.keys()].slice(-1)
    for (const [key, entry] of this.#entries) {
      const tooMany = this.size > this.#settings.maxSessions || frozenBytes() > this.#settings.maxModelBytes
      if (!tooMany || key === newest) return
      release(entry)
      this.#entries.delete(key)
    }
  }
}

function isLarge({ stored }: Value): boolean {
  return (stored?.data.length ?? 0) >= SMALLEST_FROZEN
}

function release({ plan, frozen }: Entry): void {
  plan?.session.dispose()
  frozen?.session.dispose()
}
