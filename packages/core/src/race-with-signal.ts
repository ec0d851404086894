import { checkArgument } from './arguments/check-argument.ts'
import { optionalKind } from './arguments/kind-makers.ts'
import * as KINDS from './arguments/kinds.ts'

const RACE_WITH_SIGNAL_SIGNAL = optionalKind(KINDS.signal)
/**
 * Waits for a promise until a signal is aborted, also if the promise never settles.
 *
 * @returns what the promise resolves to
 * @throws what the promise rejects with, and the signal's reason once it is aborted
 *
 * @example
 * ```ts
 * const sample = await raceWithSignal(dataset.get(0), AbortSignal.timeout(10_000))
 * ```
 */
export function raceWithSignal<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  checkArgument(KINDS.promise, promise, 'promise', 'raceWithSignal')
  checkArgument(RACE_WITH_SIGNAL_SIGNAL, signal, 'signal', 'raceWithSignal')
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    const listeners = getListeners(signal)
    listeners.add(onAbort)
    promise.then(resolve, reject).finally(() => listeners.delete(onAbort))
  })
}

/** Functions to call when a signal is aborted. Of more than ten listeners of its own, Node would warn. */
const listenersBySignal = new WeakMap<AbortSignal, Set<() => void>>()

function getListeners(signal: AbortSignal): Set<() => void> {
  const existing = listenersBySignal.get(signal)
  if (existing) return existing
  const listeners = new Set<() => void>()
  listenersBySignal.set(signal, listeners)
  signal.addEventListener('abort', () => listeners.forEach((onAbort) => void onAbort()), { once: true })
  return listeners
}
