import { fail, quoteNames } from './errors.ts'
import { describeValue, getItems, hasPart, PickleObject, quoteClass } from './pickle-values.ts'
import type { SkippedEntry } from './tensor.ts'
import { TorchStorage, TorchTensor, unreadableTensorError } from './torch-objects.ts'

/** Which state_dict of a checkpoint is read. */
export interface StateDictOptions {
  /** Its key in the file, such as `generator` or `model.state_dict`. Default: the only one, or the one under a usual key. */
  readonly key?: string | undefined
  /** Whether the moving averages (EMA) of the weights are read in place of the weights (default false). */
  readonly ema?: boolean | undefined
}

/** A state_dict of a file. */
export interface StateDict {
  /** Key in the file, such as `model.state_dict`; empty if the whole file is the state_dict. */
  readonly key: string
  readonly otherKeys: readonly string[]
  readonly entries: readonly (readonly [name: string, tensor: TorchTensor])[]
  /** Entries that are not tensors. */
  readonly skipped: readonly SkippedEntry[]
}

/**
 * Checks that no state_dict is chosen in a file of a format that has only one set of tensors.
 *
 * @throws FacekpError `WEIGHTS_NO_STATE_DICT`
 */
export function assertNoChoice({ key, ema = false }: StateDictOptions, file: string): void {
  if (key === undefined && !ema) return
  fail({
    code: 'WEIGHTS_NO_STATE_DICT',
    problem: 'the format has no state_dicts to choose from',
    file,
    received: key === undefined ? 'option ema: true' : `option key: ${JSON.stringify(key)}`,
    expected: 'option prefix, which selects tensors by their names',
  })
}

interface Candidate {
  readonly path: readonly string[]
  readonly key: string
  readonly dict: ReadonlyMap<unknown, unknown>
  readonly count: number
}

/** Keys under which programs usually save a state_dict. */
const USUAL_KEYS: ReadonlySet<string> = new Set([
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'module',
  'net',
  'network',
  'params',
  'weights',
])

/** Keys of what a training saves beside a network: optimizers, schedulers, gradient scalers. */
const TRAINING_KEY = /optim|sched|scaler|_extra_state$/i

const EMA_KEY = /(^|[_.])ema([_.]|$)/i

/** Levels that are searched for state_dicts, and state_dicts that are found at most. */
const MAX_DEPTH = 6
const MAX_CANDIDATES = 500

/**
 * Finds the state_dict in the object of a PyTorch file: the file itself, or a dict within it.
 *
 * A state_dict under a usual key (`state_dict`, `model`, `params` ...) is preferred to others; one of moving averages is read only if
 * `ema` asks for it or the file has no other.
 *
 * @throws FacekpError `WEIGHTS_NO_STATE_DICT`, `WEIGHTS_AMBIGUOUS` (several, none of them preferred), `WEIGHTS_UNSAFE` (a whole pickled
 *   model, or a tensor that depends on an unknown class)
 */
export function findStateDict(value: unknown, options: StateDictOptions, file: string): StateDict {
  const candidates = listCandidates(value)
  const { key, dict } = chooseCandidate(candidates, value, options, file)
  const otherKeys = candidates
    .map((candidate) => candidate.key)
    .filter((other) => other !== '' && !`${key}.`.startsWith(`${other}.`))
  return { key, otherKeys, ...splitEntries(dict, file) }
}

/** Separates the tensors of a state_dict from its other entries. */
function splitEntries(dict: ReadonlyMap<unknown, unknown>, file: string): Pick<StateDict, 'entries' | 'skipped'> {
  const entries: [string, TorchTensor][] = []
  const skipped: SkippedEntry[] = []
  const visited = new Set<unknown>()
  for (const [key, entry] of dict) {
    const name = formatKey(key)
    if (entry instanceof TorchTensor) entries.push([name, entry])
    else if (entry instanceof PickleObject && hasPart(entry, isTensorPart, visited)) {
      return unreadableTensorError(`tensor ${name}`, entry, file)
    } else skipped.push({ name, reason: describeValue(entry) })
  }
  return { entries, skipped }
}

function formatKey(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? `${key}` : describeValue(key)
}

function isTensorPart(value: unknown): boolean {
  return value instanceof TorchTensor || value instanceof TorchStorage
}

/** Lists the dicts that have tensors, from the outermost to the innermost. */
function listCandidates(root: unknown): Candidate[] {
  const candidates: Candidate[] = []
  const visited = new Set<unknown>()
  let level: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: root, path: [] }]
  while (level.length > 0) {
    const next: typeof level = []
    for (const { value, path } of level) {
      if (visited.has(value)) continue
      visited.add(value)
      const dict = getItems(value)
      const count = countTensors(dict)
      if (dict && count > 0) candidates.push({ path, key: path.join('.'), dict, count })
      if (candidates.length === MAX_CANDIDATES) return candidates
      if (path.length < MAX_DEPTH) {
        for (const [key, item] of listChildren(value)) next.push({ value: item, path: [...path, key] })
      }
    }
    level = next
  }
  return candidates
}

/** Lists the containers in a dict or list. A dict's items with numbers as keys are the states of an optimizer. */
function listChildren(value: unknown): [string, unknown][] {
  const items = Array.isArray(value) ? value.map((item, i) => [`${i}`, item] as const) : [...(getItems(value) ?? [])]
  return items.filter(
    (item): item is [string, unknown] =>
      typeof item[0] === 'string' &&
      !TRAINING_KEY.test(item[0]) &&
      (Array.isArray(item[1]) || getItems(item[1]) !== undefined),
  )
}

function countTensors(dict: ReadonlyMap<unknown, unknown> | undefined): number {
  let count = 0
  for (const item of dict?.values() ?? []) if (item instanceof TorchTensor) count++
  return count
}

function chooseCandidate(
  candidates: readonly Candidate[],
  value: unknown,
  { key, ema = false }: StateDictOptions,
  file: string,
): Candidate {
  const exact = candidates.find((candidate) => candidate.key === key)
  if (exact) return exact
  const weights = candidates.filter((candidate) => !EMA_KEY.test(candidate.key))
  const averages = candidates.filter((candidate) => EMA_KEY.test(candidate.key))
  let pool = ema || weights.length === 0 ? averages : weights
  if (key !== undefined) pool = candidates.filter((candidate) => candidate.key.startsWith(`${key}.`))
  const preferred = pool.filter(({ path }) => path.length > 0 && path.every(isUsualKey))
  pool = keepLargest(preferred.length > 0 ? preferred : pool)
  const [candidate] = pool
  if (!candidate) return noStateDictError(value, candidates, { key, ema }, file)
  if (pool.length > 1) return ambiguousError(pool, file)
  return candidate
}

/** Of a dict within another one, keeps the one with more tensors: a dict around a network may hold some, such as the best accuracy. */
function keepLargest(candidates: readonly Candidate[]): Candidate[] {
  const isWithin = (inner: Candidate, outer: Candidate): boolean =>
    inner.path.length > outer.path.length && outer.path.every((key, i) => key === inner.path[i])
  return candidates.filter(
    (candidate) =>
      !candidates.some(
        (other) =>
          (isWithin(other, candidate) && other.count > candidate.count) ||
          (isWithin(candidate, other) && other.count >= candidate.count),
      ),
  )
}

function isUsualKey(key: string): boolean {
  return USUAL_KEYS.has(key.replace(/^ema_|_ema$/, '')) || key === 'ema'
}

function ambiguousError(candidates: readonly Candidate[], file: string): never {
  return fail({
    code: 'WEIGHTS_AMBIGUOUS',
    problem: 'the file has several state_dicts',
    file,
    received: quoteNames(candidates.map(({ key }) => key)),
    expected: `option key with one of them, such as key: ${JSON.stringify(candidates[0]?.key)}`,
  })
}

function noStateDictError(
  value: unknown,
  candidates: readonly Candidate[],
  { key, ema }: StateDictOptions,
  file: string,
): never {
  const dict = getItems(value)
  const objects = dict ? [...dict].filter(([name]) => typeof name === 'string' && isUsualKey(name)) : [['', value]]
  const object = objects.map(([, item]) => item).find((item) => item instanceof PickleObject)
  if (object instanceof PickleObject && candidates.length === 0) {
    return fail({
      code: 'WEIGHTS_UNSAFE',
      problem: 'the file is a pickled object, not a state_dict; nothing was run',
      file,
      received: quoteClass(object.className),
      expected: 'a state_dict: torch.save(model.state_dict(), path)',
    })
  }
  const keys = candidates.map((candidate) => candidate.key || 'the file itself')
  const content = dict ? `a dict of ${quoteNames([...dict.keys()].map(formatKey))}` : describeValue(value)
  let expected = `a dict of tensors, or one under ${[...USUAL_KEYS].join(', ')}`
  if (ema) expected = 'a state_dict of moving averages, or option ema: false'
  if (key !== undefined) expected = `a state_dict under key ${JSON.stringify(key)}`
  return fail({
    code: 'WEIGHTS_NO_STATE_DICT',
    problem: 'the file does not contain this state_dict',
    file,
    received: keys.length > 0 ? `state_dicts ${quoteNames(keys)}` : content,
    expected,
  })
}
