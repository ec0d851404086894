// The inverse DCT of libjpeg ("islow", 13-bit constants) on eight columns at a time. Source: C. Loeffler, A. Ligtenberg and
// G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989; values as of jidctint.c.

const SCALE: i32 = 13
/** Bits kept after the first pass. */
const KEPT: i32 = 2

const F_0_298: i16 = 2446
const F_0_390: i16 = 3196
const F_0_541: i16 = 4433
const F_0_765: i16 = 6270
const F_0_899: i16 = 7373
const F_1_175: i16 = 9633
const F_1_501: i16 = 12299
const F_1_847: i16 = 15137
const F_1_961: i16 = 16069
const F_2_053: i16 = 16819
const F_2_562: i16 = 20995
const F_3_072: i16 = 25172

/** Repeats two factors, for the sum of products of neighbors. */
function pair(a: i16, b: i16): v128 {
  return i32x4.splat((<i32>a & 0xffff) | ((<i32>b) << 16))
}

function low(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
}

function high(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
}

/** Shifts right with rounding and narrows to 16 bits. */
function descale(lowHalf: v128, highHalf: v128, shift: i32): v128 {
  const half = i32x4.splat(1 << (shift - 1))
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(lowHalf, half), shift),
    i32x4.shr_s(i32x4.add(highHalf, half), shift),
  )
}

/** Widens 16 bits to 32, times 2^13. */
function widenLow(a: v128): v128 {
  return i32x4.shl(i32x4.extend_low_i16x8_s(a), SCALE)
}

function widenHigh(a: v128): v128 {
  return i32x4.shl(i32x4.extend_high_i16x8_s(a), SCALE)
}

/** Eight rows between the passes. */
const ROWS = memory.data(128, 16)

function row(at: usize, index: i32): v128 {
  return v128.load(at + ((<usize>index) << 4))
}

function storeRow(index: i32, value: v128): void {
  v128.store(ROWS + ((<usize>index) << 4), value)
}

/** Transforms the columns of ROWS, in place. */
function transformColumns(shift: i32): void {
  const in0 = row(ROWS, 0)
  const in1 = row(ROWS, 1)
  const in2 = row(ROWS, 2)
  const in3 = row(ROWS, 3)
  const in4 = row(ROWS, 4)
  const in5 = row(ROWS, 5)
  const in6 = row(ROWS, 6)
  const in7 = row(ROWS, 7)

  const evenLow = low(in2, in6)
  const evenHigh = high(in2, in6)
  const byEven3 = pair(F_0_541 + F_0_765, F_0_541)
  const byEven2 = pair(F_0_541, F_0_541 - F_1_847)
  const e3l = i32x4.dot_i16x8_s(evenLow, byEven3)
  const e3h = i32x4.dot_i16x8_s(evenHigh, byEven3)
  const e2l = i32x4.dot_i16x8_s(evenLow, byEven2)
  const e2h = i32x4.dot_i16x8_s(evenHigh, byEven2)
  const sum = i16x8.add(in0, in4)
  const difference = i16x8.sub(in0, in4)
  const e0l = widenLow(sum)
  const e0h = widenHigh(sum)
  const e1l = widenLow(difference)
  const e1h = widenHigh(difference)
  const t10l = i32x4.add(e0l, e3l)
  const t10h = i32x4.add(e0h, e3h)
  const t13l = i32x4.sub(e0l, e3l)
  const t13h = i32x4.sub(e0h, e3h)
  const t11l = i32x4.add(e1l, e2l)
  const t11h = i32x4.add(e1h, e2h)
  const t12l = i32x4.sub(e1l, e2l)
  const t12h = i32x4.sub(e1h, e2h)

  const z3 = i16x8.add(in7, in3)
  const z4 = i16x8.add(in5, in1)
  const zLow = low(z3, z4)
  const zHigh = high(z3, z4)
  const byZ3 = pair(F_1_175 - F_1_961, F_1_175)
  const byZ4 = pair(F_1_175, F_1_175 - F_0_390)
  const z3l = i32x4.dot_i16x8_s(zLow, byZ3)
  const z3h = i32x4.dot_i16x8_s(zHigh, byZ3)
  const z4l = i32x4.dot_i16x8_s(zLow, byZ4)
  const z4h = i32x4.dot_i16x8_s(zHigh, byZ4)

  const in71l = low(in7, in1)
  const in71h = high(in7, in1)
  const in53l = low(in5, in3)
  const in53h = high(in5, in3)
  const by0 = pair(F_0_298 - F_0_899, -F_0_899)
  const by3 = pair(-F_0_899, F_1_501 - F_0_899)
  const by1 = pair(F_2_053 - F_2_562, -F_2_562)
  const by2 = pair(-F_2_562, F_3_072 - F_2_562)
  const o0l = i32x4.add(i32x4.dot_i16x8_s(in71l, by0), z3l)
  const o0h = i32x4.add(i32x4.dot_i16x8_s(in71h, by0), z3h)
  const o3l = i32x4.add(i32x4.dot_i16x8_s(in71l, by3), z4l)
  const o3h = i32x4.add(i32x4.dot_i16x8_s(in71h, by3), z4h)
  const o1l = i32x4.add(i32x4.dot_i16x8_s(in53l, by1), z4l)
  const o1h = i32x4.add(i32x4.dot_i16x8_s(in53h, by1), z4h)
  const o2l = i32x4.add(i32x4.dot_i16x8_s(in53l, by2), z3l)
  const o2h = i32x4.add(i32x4.dot_i16x8_s(in53h, by2), z3h)

  storeRow(0, descale(i32x4.add(t10l, o3l), i32x4.add(t10h, o3h), shift))
  storeRow(7, descale(i32x4.sub(t10l, o3l), i32x4.sub(t10h, o3h), shift))
  storeRow(1, descale(i32x4.add(t11l, o2l), i32x4.add(t11h, o2h), shift))
  storeRow(6, descale(i32x4.sub(t11l, o2l), i32x4.sub(t11h, o2h), shift))
  storeRow(2, descale(i32x4.add(t12l, o1l), i32x4.add(t12h, o1h), shift))
  storeRow(5, descale(i32x4.sub(t12l, o1l), i32x4.sub(t12h, o1h), shift))
  storeRow(3, descale(i32x4.add(t13l, o0l), i32x4.add(t13h, o0h), shift))
  storeRow(4, descale(i32x4.sub(t13l, o0l), i32x4.sub(t13h, o0h), shift))
}

/** Transposes ROWS. */
function transpose(): void {
  const a0 = low(row(ROWS, 0), row(ROWS, 4))
  const a1 = high(row(ROWS, 0), row(ROWS, 4))
  const a2 = low(row(ROWS, 1), row(ROWS, 5))
  const a3 = high(row(ROWS, 1), row(ROWS, 5))
  const a4 = low(row(ROWS, 2), row(ROWS, 6))
  const a5 = high(row(ROWS, 2), row(ROWS, 6))
  const a6 = low(row(ROWS, 3), row(ROWS, 7))
  const a7 = high(row(ROWS, 3), row(ROWS, 7))
  const b0 = low(a0, a4)
  const b1 = high(a0, a4)
  const b2 = low(a1, a5)
  const b3 = high(a1, a5)
  const b4 = low(a2, a6)
  const b5 = high(a2, a6)
  const b6 = low(a3, a7)
  const b7 = high(a3, a7)
  storeRow(0, low(b0, b4))
  storeRow(1, high(b0, b4))
  storeRow(2, low(b1, b5))
  storeRow(3, high(b1, b5))
  storeRow(4, low(b2, b6))
  storeRow(5, high(b2, b6))
  storeRow(6, low(b3, b7))
  storeRow(7, high(b3, b7))
}

/** Transforms a block of coefficients and writes its 8 x 8 bytes. */
export function transformBlock(block: usize, quantization: usize, out: usize, stride: usize): void {
  for (let i = 0; i < 8; i++) storeRow(i, i16x8.mul(row(block, i), row(quantization, i)))
  transformColumns(SCALE - KEPT)
  transpose()
  transformColumns(SCALE + KEPT + 3)
  transpose()
  const middle = i8x16.splat(-128)
  for (let i = 0; i < 8; i += 2) {
    const rows = v128.xor(i8x16.narrow_i16x8_s(row(ROWS, i), row(ROWS, i + 1)), middle)
    v128.store_lane<u64>(out, rows, 0)
    v128.store_lane<u64>(out + stride, rows, 1)
    out += stride << 1
  }
}

/** Writes the 8 x 8 bytes of a block whose other coefficients are 0. */
export function fillBlock(first: i32, out: usize, stride: usize): void {
  const value = <u64>max(0, min(255, (((first << KEPT) + (1 << (KEPT + 2))) >> (KEPT + 3)) + 128))
  const repeated = value * 0x0101010101010101
  for (let i = 0; i < 8; i++, out += stride) store<u64>(out, repeated)
}
