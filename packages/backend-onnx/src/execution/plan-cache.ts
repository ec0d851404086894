import type { Value } from '../lowering/value.ts'
import { MAX_CONSTANT_BYTES } from '../onnx/graph.ts'
import type { OnnxSettings } from '../settings.ts'
import type { Computation } from './computation.ts'
import { compilePlan, type Plan } from './plan.ts'

/** Runs of a graph with the same weights after which the weights become constants. */
const RUNS_BEFORE_FREEZING = 4
/** Runs with constants that repay their compilation. */
const RUNS_TO_REPAY = 32
/** Smallest number of elements of a weight that is frozen. */
const MIN_FROZEN = 16

interface Entry {
  plan: Plan | undefined
  frozen: Plan | undefined
  /** Number of runs of `frozen`. */
  frozenRuns: number
  /** Runs with the same weights after which they become constants: doubled until the last compilation is repaid. */
  runsBeforeFreezing: number
  /** Ids of the leaves in the last run. */
  ids: number[]
  /** Number of runs before the last for which each leaf was the same. */
  unchangedRuns: number[]
}

/**
 * Caches compiled graphs by structure and evicts the least recently used. A graph whose weights stay the same from run to run, as in
 * prediction, is compiled once more with them as constants; that one runs only while the weights are the same values.
 */
export class PlanCache {
  readonly #entries = new Map<string, Entry>()
  #settings: OnnxSettings
  /** Number of graphs compiled so far. */
  compiledCount = 0

  constructor(settings: OnnxSettings) {
    this.#settings = settings
  }

  /** Applies to graphs that are compiled from now on. */
  set settings(settings: OnnxSettings) {
    this.#settings = settings
    this.#evict()
  }

  get size(): number {
    let count = 0
    for (const { plan, frozen } of this.#entries.values()) count += (plan ? 1 : 0) + (frozen ? 1 : 0)
    return count
  }

  getPlan(computation: Computation): Plan {
    const { key, leaves } = computation
    const entry = this.#entries.get(key) ?? createEntry()
    // The most recently used entry is the last.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const ids = leaves.map(({ id }) => id)
    entry.unchangedRuns = ids.map((id, i) => (entry.ids[i] === id ? (entry.unchangedRuns[i] ?? 0) + 1 : 0))
    entry.ids = ids
    if (entry.frozen?.frozen.every(({ leaf, id }) => ids[leaf] === id)) {
      if (++entry.frozenRuns === RUNS_TO_REPAY) entry.runsBeforeFreezing = RUNS_BEFORE_FREEZING
      return entry.frozen
    }
    const constants = findConstantWeights(computation, entry, this.#settings.maxModelBytes)
    if (constants.size > 0) {
      entry.frozen?.session.dispose()
      // It stays so if the compilation fails.
      entry.frozen = undefined
      entry.frozen = this.#compile(computation, constants)
      entry.frozenRuns = 0
      // Weights that change again and again, as between the steps of a training, would else be compiled each time.
      entry.runsBeforeFreezing *= 2
      this.#evict()
      return entry.frozen
    }
    entry.plan ??= this.#compile(computation, new Set())
    this.#evict()
    return entry.plan
  }

  clear(): void {
    for (const entry of this.#entries.values()) dispose(entry)
    this.#entries.clear()
  }

  #compile(computation: Computation, frozen: ReadonlySet<number>): Plan {
    this.compiledCount++
    return compilePlan(computation, frozen, this.#settings)
  }

  #evict(): void {
    const [newest] = [...this.#entries.keys()].slice(-1)
    for (const [key, entry] of this.#entries) {
      const { maxSessions, maxModelBytes } = this.#settings
      const isOverLimit = this.size > maxSessions || this.#countFrozenBytes() > maxModelBytes
      if (!isOverLimit || key === newest) return
      dispose(entry)
      this.#entries.delete(key)
    }
  }

  #countFrozenBytes(): number {
    let bytes = 0
    for (const { frozen } of this.#entries.values()) bytes += frozen?.frozenBytes ?? 0
    return bytes
  }
}

/** Finds the leaves to freeze: weights that are large enough and were the same for several runs; none if together they exceed `maxBytes` or a graph. */
function findConstantWeights(
  { leaves, weights }: Computation,
  { unchangedRuns, runsBeforeFreezing }: Entry,
  maxBytes: number,
): Set<number> {
  const isConstant = (leaf: Value, i: number): boolean =>
    weights.has(i) &&
    (unchangedRuns[i] as number) >= runsBeforeFreezing &&
    (leaf.stored?.data.length ?? 0) >= MIN_FROZEN
  const constants = new Set(leaves.flatMap((leaf, i) => (isConstant(leaf, i) ? [i] : [])))
  let bytes = 0
  for (const i of constants) bytes += leaves[i]?.stored?.data.byteLength ?? 0
  return bytes > Math.min(maxBytes, MAX_CONSTANT_BYTES) ? new Set() : constants
}

function createEntry(): Entry {
  return {
    plan: undefined,
    frozen: undefined,
    frozenRuns: 0,
    runsBeforeFreezing: RUNS_BEFORE_FREEZING,
    ids: [],
    unchangedRuns: [],
  }
}

function dispose({ plan, frozen }: Entry): void {
  plan?.session.dispose()
  frozen?.session.dispose()
}
