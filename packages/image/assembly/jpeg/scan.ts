// Entropy-coded data of a scan (ITU-T T.81, F.2 and G.2).

import { Component, componentAt } from './component'
import {
  BAD_CODE,
  bits,
  extend,
  fill,
  next,
  readBits,
  readCoefficients,
  readSymbol,
  startBits,
  valid,
  ZIGZAG,
} from './huffman'
import { fillBlock, transformBlock } from './idct'

/** Sequential, or the four kinds of progressive scans. */
const SEQUENTIAL: i32 = 0
const DC_FIRST: i32 = 1
const DC_REFINE: i32 = 2
const AC_FIRST: i32 = 3

/** The components of the scan. */
const INDICES = memory.data(4)
let componentCount: i32 = 0
let kind: i32 = 0
/** First and last coefficient and the bit position. */
let first: i32 = 0
let last: i32 = 0
let shift: i32 = 0
/** MCUs a row. */
let mcusPerLine: i32 = 0
/** A block of a sequential scan. */
const BLOCK = memory.data(128, 16)
/** Blocks whose rest is 0. */
let emptyBlocks: u32 = 0

export function scanIndices(): usize {
  return INDICES
}

export function startScan(count: i32, scanKind: i32, from: i32, to: i32, bit: i32, perLine: i32): void {
  componentCount = count
  kind = scanKind
  first = from
  last = to
  shift = bit
  mcusPerLine = perLine
}

/**
 * Decodes MCUs from `from` to before `to` from the bytes `start` to `end`, in which 0xff stands alone and which at least 1024
 * bytes follow. Returns false if the data are damaged.
 */
export function decodeInterval(start: usize, end: usize, from: i32, to: i32): bool {
  startBits(start)
  emptyBlocks = 0
  // An earlier call may have ended within a block.
  memory.fill(BLOCK, 0, 128)
  for (let i = 0; i < componentCount; i++) scanComponent(i).predicted = 0
  const single = componentCount == 1
  let x = from % mcusPerLine
  let y = from / mcusPerLine
  for (let mcu = from; mcu < to; mcu++) {
    if (single) {
      if (!decodeBlock(scanComponent(0), x, y)) return false
    } else {
      for (let i = 0; i < componentCount; i++) {
        const component = scanComponent(i)
        const h = component.h
        const v = component.v
        for (let row = 0; row < v; row++) {
          for (let column = 0; column < h; column++) {
            if (!decodeBlock(component, x * h + column, y * v + row)) return false
          }
        }
      }
    }
    if (next > end + 16) return false
    if (++x == mcusPerLine) {
      x = 0
      y++
    }
  }
  return <u64>(next - start) * 8 - valid <= <u64>(end - start) * 8
}

function scanComponent(index: i32): Component {
  return componentAt(load<u8>(INDICES + index))
}

function decodeBlock(component: Component, x: i32, y: i32): bool {
  if (kind == SEQUENTIAL) return decodeSequential(component, x, y)
  const block = component.coefficients + ((<usize>(y * component.blocksPerLine + x)) << 7)
  if (kind == DC_FIRST) return readDc(component, block)
  if (kind == DC_REFINE) return refineDc(block)
  if (kind == AC_FIRST) return readAc(component.acTable, block)
  return refineAc(component.acTable, block)
}

function decodeSequential(component: Component, x: i32, y: i32): bool {
  if (!readDc(component, BLOCK)) return false
  const end = readCoefficients(component.acTable, BLOCK)
  if (end < 0) return false
  if (x >= component.fromX && x < component.toX && y >= component.fromY && y < component.toY) {
    writeBlock(component, x, y, BLOCK, end == 1)
  }
  if (end > 1) memory.fill(BLOCK, 0, 128)
  return true
}

function writeBlock(component: Component, x: i32, y: i32, block: usize, isFlat: bool): void {
  const out = component.plane + <usize>y * 8 * component.stride + <usize>x * 8
  if (isFlat) fillBlock(<i32>load<i16>(block) * load<i16>(component.quantization), out, component.stride)
  else transformBlock(block, component.quantization, out, component.stride)
}

function readDc(component: Component, block: usize): bool {
  fill()
  const size = readSymbol(component.dcTable)
  if (size > 15) return false
  component.predicted += extend(readBits(size), size)
  store<i16>(block, <i16>(component.predicted << shift))
  return true
}

function refineDc(block: usize): bool {
  fill()
  if (readBits(1)) store<i16>(block, load<i16>(block) | <i16>((<i32>1) << shift))
  return true
}

function coefficientAt(block: usize, k: i32): usize {
  return block + ((<usize>load<u8>(ZIGZAG + k)) << 1)
}

/** Reads the number of blocks whose rest is 0, this one included. */
function readEmptyBlocks(size: u32): u32 {
  return (1 << size) + readBits(size)
}

function readAc(table: usize, block: usize): bool {
  if (emptyBlocks > 0) {
    emptyBlocks--
    return true
  }
  for (let k = first; k <= last; k++) {
    fill()
    const symbol = readSymbol(table)
    if (symbol == BAD_CODE) return false
    const run = symbol >> 4
    const size = symbol & 15
    if (size == 0 && run < 15) {
      emptyBlocks = readEmptyBlocks(run) - 1
      return true
    }
    k += run
    if (k > last) return false
    if (size > 0) store<i16>(coefficientAt(block, k), <i16>(extend(readBits(size), size) << shift))
  }
  return true
}

/** Reads a bit more of each coefficient, and those that are 1 or -1 at this bit (G.1.2.3). */
function refineAc(table: usize, block: usize): bool {
  const bit = <i16>((<i32>1) << shift)
  let k = first
  if (emptyBlocks == 0) {
    for (; k <= last; k++) {
      fill()
      const symbol = readSymbol(table)
      if (symbol == BAD_CODE) return false
      let run = <i32>(symbol >> 4)
      let value: i16 = 0
      if (symbol & 15) value = readBits(1) ? bit : -bit
      else if (run < 15) {
        emptyBlocks = readEmptyBlocks(run)
        break
      }
      for (; k <= last; k++) {
        const at = coefficientAt(block, k)
        if (load<i16>(at) != 0) refine(at, bit)
        else if (--run < 0) {
          store<i16>(at, value)
          break
        }
      }
      if (value != 0 && k > last) return false
    }
  }
  if (emptyBlocks == 0) return true
  for (; k <= last; k++) {
    const at = coefficientAt(block, k)
    if (load<i16>(at) != 0) refine(at, bit)
  }
  emptyBlocks--
  return true
}

function refine(at: usize, bit: i16): void {
  fill()
  const value = load<i16>(at)
  if (readBits(1) && !(value & bit)) store<i16>(at, value + (value > 0 ? bit : -bit))
}

/** Transforms the blocks of a component whose coefficients came in several scans. */
export function transformComponent(index: i32): void {
  const component = componentAt(index)
  for (let y = component.fromY; y < component.toY; y++) {
    for (let x = component.fromX; x < component.toX; x++) {
      writeBlock(component, x, y, component.coefficients + ((<usize>(y * component.blocksPerLine + x)) << 7), false)
    }
  }
}
