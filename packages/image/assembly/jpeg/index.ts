// The inner loops of decode-jpeg.ts, compiled by `pnpm build:wasm`.

import { buildTable, TABLE_SIZE } from './huffman'

export { componentAt } from './component'
export { setFactors, setLines, writeRow } from './output'
export { decodeInterval, scanIndices, startScan, transformComponent } from './scan'

const TABLES = memory.data(8 * 8192, 16)

/** Where the table of a slot is: 0 to 3 for DC, 4 to 7 for AC. */
export function tableAt(slot: i32): usize {
  return TABLES + <usize>slot * TABLE_SIZE
}

/** Builds a table from counts and symbols at an address. */
export function setTable(slot: i32, counts: usize, symbolCount: u32): bool {
  return buildTable(tableAt(slot), counts, symbolCount)
}

/** The first free byte. */
export function heapStart(): usize {
  return __heap_base
}

/** Copies entropy-coded bytes without the zeros after 0xff (ITU-T T.81, B.1.1.5). Returns the end of the copy. */
export function copyScan(from: usize, to: usize, out: usize): usize {
  while (from < to) {
    const sixteen = v128.load(from)
    v128.store(out, sixteen)
    const ff = i8x16.bitmask(i8x16.eq(sixteen, i8x16.splat(-1)))
    const run = <usize>ctz(ff | 0x10000)
    // 0xff itself is kept and the zero after it skipped.
    const copied = run == 16 ? run : run + 1
    out += min(copied, to - from)
    from += run == 16 ? run : run + 2
  }
  return out
}
