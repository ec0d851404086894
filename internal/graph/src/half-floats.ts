/**
 * Half floats have 5 bits of exponent and 10 of fraction, floats 8 and 23. Shifted into the place of a float's bits, a half float
 * is too small by this factor, whether it is normal or subnormal: the difference of the exponents' biases is 112.
 */
const SCALE = 2 ** 112
const DROPPED_BITS = 13

/** Converts half floats, as their bits, to floats. Infinity and NaN are not supported. */
export function decodeHalfFloats(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << DROPPED_BITS)
  }
  return new Float32Array(bits.buffer).map((value) => value * SCALE)
}

/**
 * Converts floats to the bits of half floats.
 *
 * @returns undefined if a value has no exact half float (values below 2^-37 become 0)
 */
export function encodeHalfFloats(floats: Float32Array): Uint16Array | undefined {
  const bits = new Uint32Array(floats.map((value) => value / SCALE).buffer)
  const isExact = bits.every((value) => (value & ((1 << DROPPED_BITS) - 1)) === 0 && (value & 0x7fffffff) < 0x0f800000)
  if (!isExact) return undefined
  return Uint16Array.from(bits, (value) => ((value >>> 16) & 0x8000) | ((value >>> DROPPED_BITS) & 0x7fff))
}
