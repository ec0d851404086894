import { hashId } from './hash-id.ts'

/** A set of ids that takes the same memory for an id whatever its length. */
export interface IdSet {
  readonly size: number
  has(id: string): boolean
  /** Adds an id; false if it was in the set. */
  add(id: string): boolean
}

/** Numbers that an id takes: 96 bits of its hash. Two of a million ids share them with a probability of 1e-17. */
const WORDS = 3
const FIRST_CAPACITY = 1024
/** Part of the places that is in use at most. */
const MAX_LOAD = 0.7

/** 96 bits of the hash of an id. */
type Key = readonly [number, number, number]

/** Creates an empty set. */
export function createIdSet(): IdSet {
  let table = new Uint32Array(WORDS * FIRST_CAPACITY)
  let size = 0
  return {
    get size() {
      return size
    },
    has(id) {
      const key = toKey(id)
      return !isFree(table, findPlace(table, key))
    },
    add(id) {
      const key = toKey(id)
      const place = findPlace(table, key)
      if (!isFree(table, place)) return false
      table.set(key, place)
      size++
      if (size > (MAX_LOAD * table.length) / WORDS) table = growTable(table)
      return true
    },
  }
}

function toKey(id: string): Key {
  const digits = hashId(id)
  return [
    Number.parseInt(digits.slice(0, 8), 16),
    Number.parseInt(digits.slice(8, 16), 16),
    Number.parseInt(digits.slice(16, 24), 16),
  ]
}

/** Returns where a key is in a table, or the free place where it belongs. */
function findPlace(table: Uint32Array, [first, second, third]: Key): number {
  const mask = table.length / WORDS - 1
  for (let slot = first & mask; ; slot = (slot + 1) & mask) {
    const place = WORDS * slot
    const isFound = table[place] === first && table[place + 1] === second && table[place + 2] === third
    if (isFound || isFree(table, place)) return place
  }
}

function isFree(table: Uint32Array, place: number): boolean {
  return table[place] === 0 && table[place + 1] === 0 && table[place + 2] === 0
}

function growTable(table: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * table.length)
  for (let place = 0; place < table.length; place += WORDS) {
    if (isFree(table, place)) continue
    const key: Key = [table[place] as number, table[place + 1] as number, table[place + 2] as number]
    larger.set(key, findPlace(larger, key))
  }
  return larger
}
