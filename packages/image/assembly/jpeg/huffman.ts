// Huffman tables and the bits that they decode. Source: ITU-T T.81, C and F.2.2; F. Giesen, "Reading bits in far too many ways", 2018.

/** The longest codes that one look-up decodes, in bits. */
const FAST_BITS: u32 = 10

// A table: fast values, fast symbols, for each longer length its first code beyond and the offset of its symbols, and the symbols.
const VALUES: usize = 0
const SYMBOLS: usize = VALUES + (4 << FAST_BITS)
const BEYOND: usize = SYMBOLS + (2 << FAST_BITS)
const OFFSETS: usize = BEYOND + 4 * 18
const ORDERED: usize = OFFSETS + 4 * 18
export const TABLE_SIZE: usize = ORDERED + 256

/** What `decodeSymbol` returns if no code matches. */
export const BAD_CODE: u32 = 256

/** The next bits of the data, the first one highest; how many are valid; and where the bytes after them are. */
export let bits: u64 = 0
export let valid: u64 = 0
export let next: usize = 0

/** Starts reading at `start`. */
export function startBits(start: usize): void {
  bits = 0
  valid = 0
  next = start
}

/** Continues after bits were read by means of local variables. */
export function storeBits(newBits: u64, newValid: u64, newNext: usize): void {
  bits = newBits
  valid = newValid
  next = newNext
}

export function fill(): void {
  bits |= bswap<u64>(load<u64>(next)) >> valid
  next += <usize>((63 - valid) >> 3)
  valid |= 56
}

/** Reads up to 16 bits. */
export function readBits(count: u32): u32 {
  const value = <u32>((bits >> 1) >> <u64>(63 - count))
  bits <<= count
  valid -= count
  return value
}

/** Converts the bits of a magnitude to the signed value (F.2.2.1, EXTEND). */
export function extend(value: u32, size: u32): i32 {
  return size == 0 ? 0 : <i32>value < 1 << (size - 1) ? <i32>value - (1 << size) + 1 : <i32>value
}

/** Reads a symbol; at least 16 bits must be valid. */
export function readSymbol(table: usize): u32 {
  const entry = <u32>load<u16>(table + SYMBOLS + ((<usize>(bits >> (64 - FAST_BITS))) << 1))
  if (entry != 0) {
    bits <<= entry >> 8
    valid -= entry >> 8
    return entry & 255
  }
  const length = findLength(table, bits)
  if (length > 16) return BAD_CODE
  const symbol = symbolAt(table, bits, length)
  bits <<= length
  valid -= length
  return symbol
}

/** Finds the length of a code that the look-up does not hold; 17 if no code matches. */
function findLength(table: usize, bits: u64): u32 {
  const code = <u32>(bits >> 48)
  let length = FAST_BITS + 1
  while (length <= 16 && code >= load<u32>(table + BEYOND + (length << 2))) length++
  return length
}

function symbolAt(table: usize, bits: u64, length: u32): u32 {
  return load<u8>(
    table + ORDERED + <usize>((<i32>(bits >> (64 - length)) + load<i32>(table + OFFSETS + (length << 2))) & 255),
  )
}

/**
 * Builds a table from the counts of the codes of 1 to 16 bits and the symbols that follow them (C.2).
 * Returns false if they are more codes than there can be.
 */
export function buildTable(table: usize, counts: usize, symbolCount: u32): bool {
  memory.fill(table, 0, TABLE_SIZE)
  memory.copy(table + ORDERED, counts + 16, symbolCount)
  let code: u32 = 0
  let index: u32 = 0
  for (let length: u32 = 1; length <= 16; length++) {
    const count = <u32>load<u8>(counts + length - 1)
    store<i32>(table + OFFSETS + (length << 2), <i32>index - <i32>code)
    for (let i: u32 = 0; i < count; i++, code++, index++) {
      if (code >= 1 << length) return false
      if (length <= FAST_BITS) addFast(table, code, length, load<u8>(table + ORDERED + index))
    }
    store<u32>(table + BEYOND + (length << 2), code << (16 - length))
    code <<= 1
  }
  return true
}

function addFast(table: usize, code: u32, length: u32, symbol: u32): void {
  const from = code << (FAST_BITS - length)
  const to = (code + 1) << (FAST_BITS - length)
  const size = symbol & 15
  for (let i = from; i < to; i++) {
    store<u16>(table + SYMBOLS + ((<usize>i) << 1), <u16>((length << 8) | symbol))
    if (size == 0 || length + size > FAST_BITS) continue
    const value = extend((i >> (FAST_BITS - length - size)) & ((1 << size) - 1), size)
    store<i32>(table + VALUES + ((<usize>i) << 2), (value << 16) | <i32>((symbol >> 4) << 8) | <i32>(length + size))
  }
}

/** Order of the coefficients in the file; the last one repeats, since a run of zeros may go beyond the end. */
export const ZIGZAG = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
])

/**
 * Reads the coefficients 1 to 63 of a block of a sequential image. Returns the index after the last one read, or -1 if the
 * data are damaged.
 */
export function readCoefficients(table: usize, block: usize): i32 {
  let buffer = bits
  let count = valid
  let at = next
  let k: i32 = 1
  let end: i32 = 1
  while (k < 64) {
    if (count < 32) {
      buffer |= bswap<u64>(load<u64>(at)) >> count
      at += <usize>((63 - count) >> 3)
      count |= 56
    }
    const peek = <usize>(buffer >> (64 - FAST_BITS))
    const fast = load<i32>(table + VALUES + (peek << 2))
    if (fast != 0) {
      k += (fast >> 8) & 15
      const length = fast & 15
      buffer <<= length
      count -= length
      store<i16>(block + ((<usize>load<u8>(ZIGZAG + k)) << 1), <i16>(fast >> 16))
      k++
      end = k
      continue
    }
    const entry = <u32>load<u16>(table + SYMBOLS + (peek << 1))
    let length = entry >> 8
    let symbol = entry & 255
    if (entry == 0) {
      length = findLength(table, buffer)
      if (length > 16) return -1
      symbol = symbolAt(table, buffer, length)
    }
    buffer <<= length
    count -= length
    const size = symbol & 15
    if (size == 0) {
      if (symbol != 0xf0) break
      k += 16
      continue
    }
    k += symbol >> 4
    const value = <u32>(buffer >> (64 - size))
    buffer <<= size
    count -= size
    store<i16>(block + ((<usize>load<u8>(ZIGZAG + k)) << 1), <i16>extend(value, size))
    k++
    end = k
  }
  storeBits(buffer, count, at)
  return k > 64 ? -1 : end
}
