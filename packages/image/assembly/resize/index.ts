// Resampling of bytes along an axis, as Pillow's Resample.c computes it, compiled by `pnpm build:wasm`.

/** Fraction bits of the weights. */
const BITS: i32 = 22
const HALF: i32 = 1 << (BITS - 1)

/** The weights of each output place: how many are not 0, the first input place, and where they are. */
let counts: usize = 0
let starts: usize = 0
let weights: usize = 0
/** Weights reserved for a place, a multiple of 4; unneeded ones are 0. */
let capacity: i32 = 0

/** The first free byte. */
export function heapStart(): usize {
  return __heap_base
}

/** Sets the addresses of the weights, 32-bit integers all. */
export function setFilter(countsAt: usize, startsAt: usize, weightsAt: usize, reserved: i32): void {
  counts = countsAt
  starts = startsAt
  weights = weightsAt
  capacity = reserved
}

/** Resamples the middle axis of outer x length x inner values to `newLength`; up to 16 bytes beyond may be overwritten. */
export function resample(data: usize, out: usize, outer: i32, length: i32, inner: i32, newLength: i32): void {
  for (let line = 0; line < outer; line++) {
    if (inner == 1) resampleLine(data, out, newLength)
    else resampleGroups(data, out, inner, newLength)
    data += <usize>length * inner
    out += <usize>newLength * inner
  }
}

/** Resamples single values, four output places at a time: an unneeded weight costs less than a branch. */
function resampleLine(data: usize, out: usize, newLength: i32): void {
  for (let target = 0; target < newLength; target += 4) {
    const a = multiply(data, target)
    const b = multiply(data, target + 1)
    const c = multiply(data, target + 2)
    const d = multiply(data, target + 3)
    // The sums of the four lanes of each.
    const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7))
    const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7))
    const sums = i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3))
    const values = i32x4.shr_s(i32x4.add(sums, i32x4.splat(HALF)), BITS)
    const words = i16x8.narrow_i32x4_s(values, values)
    v128.store32_lane(out + target, i8x16.narrow_i16x8_u(words, words), 0)
  }
}

/** Multiplies the values at an output place by its weights, and adds every fourth product. */
function multiply(data: usize, target: i32): v128 {
  let from = data + <usize>load<i32>(starts + ((<usize>target) << 2))
  let shares = weights + ((<usize>(target * capacity)) << 2)
  let sum = i32x4.splat(0)
  for (let k = 0; k < capacity; k += 4) {
    const values = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)))
    sum = i32x4.add(sum, i32x4.mul(values, v128.load(shares)))
    from += 4
    shares += 16
  }
  return sum
}

/** Resamples groups of `inner` values. */
function resampleGroups(data: usize, out: usize, inner: i32, newLength: i32): void {
  for (let target = 0; target < newLength; target++) {
    const count = load<i32>(counts + ((<usize>target) << 2))
    const from = data + <usize>load<i32>(starts + ((<usize>target) << 2)) * inner
    const shares = weights + ((<usize>(target * capacity)) << 2)
    if (inner < 16) mixFew(from, out, inner, shares, count)
    else mixMany(from, out, inner, shares, count)
    out += inner
  }
}

/** Mixes `inner` values with those that follow `inner` places on, one after the other. */
function mixFew(from: usize, out: usize, inner: i32, shares: usize, count: i32): void {
  for (let i = 0; i < inner; i++) {
    let at = from + i
    let sum = HALF
    for (let k = 0; k < count; k++, at += inner) sum += load<i32>(shares + ((<usize>k) << 2)) * <i32>load<u8>(at)
    store<u8>(out + i, sum >> BITS)
  }
}

/** The same for 16 values at a time. */
function mixMany(from: usize, out: usize, inner: i32, shares: usize, count: i32): void {
  for (let i = 0; i < inner; i += 16) {
    let a = i32x4.splat(HALF)
    let b = a
    let c = a
    let d = a
    let at = from + i
    for (let k = 0; k < count; k++, at += inner) {
      const share = v128.load32_splat(shares + ((<usize>k) << 2))
      const values = v128.load(at)
      const low = i16x8.extend_low_i8x16_u(values)
      const high = i16x8.extend_high_i8x16_u(values)
      a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), share))
      b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), share))
      c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), share))
      d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), share))
    }
    const first = i16x8.narrow_i32x4_s(i32x4.shr_s(a, BITS), i32x4.shr_s(b, BITS))
    const second = i16x8.narrow_i32x4_s(i32x4.shr_s(c, BITS), i32x4.shr_s(d, BITS))
    v128.store(out + i, i8x16.narrow_i16x8_u(first, second))
  }
}
