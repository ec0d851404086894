import { checkArgument } from './arguments/check-argument.ts'
import { formatValue } from './arguments/format-value.ts'
import { objectKind, optionalKind } from './arguments/kind-makers.ts'
import * as KINDS from './arguments/kinds.ts'
import { drawFraction, drawInteger } from './draw-number.ts'
import { FacekpError } from './errors.ts'
import { createXoroshiro128Plus } from './xoroshiro128plus.ts'

const RANDOM_KEY = objectKind({
  purpose: KINDS.string,
  epoch: optionalKind(KINDS.number),
  index: optionalKind(KINDS.number),
})

/** A stream of random numbers: the same key gives the same numbers on every machine. */
export interface Random {
  /** Draws a real number, `from` (default 0) included, `to` (default 1) excluded. */
  uniform(from?: number, to?: number): number
  /** Draws an integer, both ends included. */
  integer(from: number, to: number): number
  /** Draws a normally distributed number (default: mean 0, standard deviation 1). */
  normal(mean?: number, standardDeviation?: number): number
  /** Returns true with this probability. */
  chance(probability: number): boolean
  /** Picks one of the values. Throws `RANDOM_EMPTY` for an empty list. */
  pick<T>(values: readonly T[]): T
}

/** Identifies a stream. */
export interface RandomKey {
  /** The run's seed: an integer of at most 2^53 - 1, positive or negative. */
  readonly seed: number
  /** What the numbers are used for, such as `shuffle` or `augment`. */
  readonly purpose: string
  readonly epoch?: number
  readonly index?: number
}

/**
 * Creates the stream of a key. Streams of different keys are independent, so that results do not depend on the number of
 * workers, the order of batches, or where a run was resumed.
 *
 * @throws `RANDOM_SEED` for a seed that is no such integer: others round to the same number
 *
 * Generator: xoroshiro128+ (Blackman and Vigna), its 128 bits of state hashed from the key by MurmurHash3.
 *
 * @example
 * ```ts
 * const random = randomStream({ seed: 1, purpose: 'augment', epoch: 3, index: 17 })
 * const degrees = random.uniform(-15, 15)
 * ```
 */
export function randomStream(randomKey: RandomKey): Random {
  checkArgument(RANDOM_KEY, randomKey, 'key', 'randomStream')
  const { seed, purpose, epoch = -1, index = -1 } = randomKey
  if (!Number.isSafeInteger(seed)) throw seedError(seed)
  const key = JSON.stringify([seed, purpose, epoch, index])
  const next = createXoroshiro128Plus([1, 2, 3, 4].map((lane) => murmur3(key, lane)))

  const uniform = (from = 0, to = 1): number => from + (to - from) * drawFraction(next)
  const integer = (from: number, to: number): number => from + drawInteger(next, to - from + 1)
  return {
    uniform,
    integer,
    normal(mean = 0, standardDeviation = 1) {
      // Box-Muller; 1 - u keeps the logarithm finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      return mean + standardDeviation * radius * Math.cos(2 * Math.PI * uniform())
    },
    chance: (probability) => uniform() < probability,
    pick(values) {
      if (values.length === 0) {
        throw new FacekpError({
          code: 'RANDOM_EMPTY',
          problem: 'pick: empty list',
          received: 'no values',
          expected: 'at least one',
        })
      }
      return values[integer(0, values.length - 1)] as (typeof values)[number]
    },
  }
}

function seedError(seed: unknown): FacekpError {
  return new FacekpError({
    code: 'RANDOM_SEED',
    problem: 'invalid seed',
    received: formatValue(seed),
    expected: 'an integer of -(2^53 - 1) to 2^53 - 1',
  })
}

/** Shuffles the numbers 0 to length - 1 (Fisher-Yates). */
export function shuffleIndices(length: number, random: Random): number[] {
  checkArgument(KINDS.count, length, 'length', 'shuffleIndices')
  checkArgument(KINDS.random, random, 'random', 'shuffleIndices')
  const indices = Array.from({ length }, (_, index) => index)
  for (let last = length - 1; last > 0; last--) {
    const other = random.integer(0, last)
    const swapped = indices[last] as number
    indices[last] = indices[other] as number
    indices[other] = swapped
  }
  return indices
}

/** Computes MurmurHash3, 32 bits (Appleby), over the UTF-16 units of `text`, one per block. */
function murmur3(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) {
    let block = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    block = (block << 15) | (block >>> 17)
    hash ^= Math.imul(block, 0x1b873593)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
