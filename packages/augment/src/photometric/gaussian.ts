const BITS = 14
const SHIFT = 32 - BITS
const MASK = 0x3fff

/** The standard deviation in units of the table. */
const DEVIATION = 8192

/**
 * Normal quantiles: the centers of 2^14 intervals of equal probability, scaled to a variance of 1.
 *
 * As 16-bit integers they fit into the first-level cache of a processor.
 */
const TABLE: Int16Array = createNormalTable()

function createNormalTable(): Int16Array {
  const count = 2 ** BITS
  const centers = Float64Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count))
  const variance = centers.reduce((sum, value) => sum + value * value, 0) / count
  const limit = 4 * DEVIATION - 1
  return Int16Array.from(centers, (value) => {
    const scaled = Math.round((value * DEVIATION) / Math.sqrt(variance))
    return Math.min(Math.max(scaled, -limit), limit)
  })
}

/** Random numbers from a seed of 32 bits: uniform in (0, 1), and normally distributed. */
export interface FastRandom {
  uniform(): number
  normal(): number
}

/**
 * Creates a fast random stream for one number per pixel, to be seeded from `randomStream`.
 *
 * Normal numbers come from a table (inversion) and end at 4 standard deviations.
 *
 * Source: sfc32 (Doty-Humphrey, PractRand).
 */
export function fastRandom(seed: number): FastRandom {
  const integer = sfc32(seed)
  return {
    uniform: () => ((integer() >>> 0) + 0.5) / 2 ** 32,
    normal: () => (TABLE[integer() >>> SHIFT] as number) / DEVIATION,
  }
}

/** Writes `values` plus normally distributed noise into `to`; 32 random bits give two numbers. */
export function addNormals(
  values: ArrayLike<number>,
  to: Float32Array | Uint8ClampedArray,
  deviation: number,
  seed: number,
): void {
  const unit = deviation / DEVIATION
  // The generator is repeated here with its state in local integer variables, because this code runs for every pixel.
  const state = createState(seed)
  let a = state[0] | 0
  let b = state[1] | 0
  let c = state[2] | 0
  let counter = state[3] | 0
  const even = values.length & ~1
  for (let i = 0; i < even; i += 2) {
    const bits = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + bits) | 0
    to[i] = (values[i] as number) + unit * (TABLE[bits >>> SHIFT] as number)
    to[i + 1] = (values[i + 1] as number) + unit * (TABLE[bits & MASK] as number)
  }
  if (even < values.length) {
    to[even] = (values[even] as number) + unit * (TABLE[(((a + b) | 0) + counter) >>> SHIFT] as number)
  }
}

/** Returns a generator of signed 32-bit integers. */
function sfc32(seed: number): () => number {
  let [a, b, c, counter] = createState(seed)
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum
  }
}

/** Returns the generator's state after the twelve rounds that mix the seed. */
function createState(seed: number): [a: number, b: number, c: number, counter: number] {
  let a = 0x9e3779b9 | 0
  let b = 0x243f6a88
  let c = seed | 0
  let counter = 1
  for (let i = 0; i < 12; i++) {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
  }
  return [a, b, c, counter]
}

/**
 * Returns the quantile of the standard normal distribution, to 1e-7.
 *
 * Source: Wichura, Algorithm AS 241 (PPND7), Applied Statistics 37, 1988.
 */
function normalQuantile(probability: number): number {
  const q = probability - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    )
  }
  const r = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)))
  const s = r - 1.6
  const t = r - 5
  const value =
    r <= 5
      ? (((0.17023821103 * s + 1.3067284816) * s + 2.75681539) * s + 1.4234372777) /
        ((0.12021132975 * s + 0.7370016425) * s + 1)
      : (((0.017337203997 * t + 0.42868294337) * t + 3.081226386) * t + 6.657905115) /
        ((0.012258202635 * t + 0.24197894225) * t + 1)
  return q < 0 ? -value : value
}
