/**
 * Creates a generator of random bits.
 *
 * Source: Blackman and Vigna 2021, Scrambled Linear Pseudorandom Number Generators, ACM Transactions on Mathematical Software 47:
 * xoroshiro128+ with the constants 24, 16 and 37.
 *
 * @param seeds four integers of 32 bits, not all 0: the high and the low half of the first word, then those of the second
 * @returns a function that returns the low half of the next number: an integer of 32 bits, with sign
 */
export function createXoroshiro128Plus(seeds: readonly number[]): () => number {
  let [high0 = 0, low0 = 0, high1 = 0, low1 = 0] = seeds
  return () => {
    const sum = (low0 + low1) | 0
    const high = high0 ^ high1
    const low = low0 ^ low1
    const rotatedLow = (low0 << 24) ^ (high0 >>> 8)
    high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16))
    low0 = rotatedLow ^ low ^ (low << 16)
    high1 = (low << 5) ^ (high >>> 27)
    low1 = (high << 5) ^ (low >>> 27)
    return sum
  }
}
