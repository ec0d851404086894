/** Values that are kept for a while: those that were used last. */
export interface LruCache<Value> {
  /** Returns the value of a key, which is created if it is not kept. */
  readonly get: (key: string, create: () => Promise<Value>) => Promise<Value>
  /** Frees all values. */
  readonly clear: () => void
}

/**
 * Creates a cache.
 *
 * @param size number of values that are kept
 * @param free is called for each value that is dropped
 */
export function createLruCache<Value>(size: number, free: (value: Value) => void): LruCache<Value> {
  const entries = new Map<string, Promise<Value>>()
  const drop = (key: string): void => {
    const entry = entries.get(key)
    entries.delete(key)
    entry?.then(free, () => undefined)
  }
  return {
    get(key, create) {
      const entry = entries.get(key) ?? create()
      entries.delete(key)
      entries.set(key, entry)
      // A value that could not be created may be there the next time.
      entry.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      for (const oldest of [...entries.keys()].slice(0, -size)) drop(oldest)
      return entry
    },
    clear() {
      for (const key of [...entries.keys()]) drop(key)
    },
  }
}
