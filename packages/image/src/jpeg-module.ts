import { decodeBase64 } from './bytes.ts'
import { JPEG_WASM } from './jpeg-wasm.ts'

/** What the WebAssembly of `assembly/` exports. Booleans are 0 or 1. */
interface JpegExports {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  componentAt(index: number): number
  tableAt(slot: number): number
  setTable(slot: number, counts: number, symbolCount: number): number
  scanIndices(): number
  startScan(count: number, kind: number, from: number, to: number, shift: number, perLine: number): void
  copyScan(from: number, to: number, out: number): number
  decodeInterval(start: number, end: number, from: number, to: number): number
  transformComponent(index: number): void
  setFactors(h: number, v: number): void
  setLines(at: number, size: number): void
  writeRow(color: number, channels: number, y: number, left: number, right: number, out: number): void
}

/** The WebAssembly module with its memory, all of it free. */
export interface JpegModule extends Omit<JpegExports, 'memory' | 'heapStart'> {
  /** Returns the memory; to be called again after each allocation. */
  bytes(): Uint8Array
  /** Reserves bytes until the module is opened again. Returns their address, a multiple of 16. */
  allocate(size: number): number
  allocateZeros(size: number): number
  /** Returns the address of bytes that are free until the next allocation. */
  scratch(size: number): number
  /** Writes 32-bit integers. */
  writeWords(address: number, words: readonly number[]): void
}

let compiling: Promise<WebAssembly.Module> | undefined
let current: JpegExports | undefined

/** Memory that is kept for the next image. */
const KEPT_BYTES = 1 << 26

/** Compiles the WebAssembly; returns the function that opens the module. */
export async function loadJpegModule(): Promise<() => JpegModule> {
  compiling ??= WebAssembly.compile(decodeBase64(JPEG_WASM))
  const compiled = await compiling
  return () => openJpegModule(compiled)
}

/** Opens the module; what was allocated before is free. An image must be decoded without waiting, before another opens it. */
function openJpegModule(compiled: WebAssembly.Module): JpegModule {
  if (!current || current.memory.buffer.byteLength > KEPT_BYTES) {
    current = new WebAssembly.Instance(compiled).exports as unknown as JpegExports
  }
  return createJpegModule(current)
}

function createJpegModule(exports: JpegExports): JpegModule {
  const { memory } = exports
  let free = alignAddress(exports.heapStart())
  let view = new Uint8Array(memory.buffer)
  const reserve = (end: number): void => {
    if (end <= memory.buffer.byteLength) return
    memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE))
    view = new Uint8Array(memory.buffer)
  }
  const allocate = (size: number): number => {
    const address = free
    free = alignAddress(free + size + MARGIN)
    reserve(free)
    return address
  }
  return {
    ...exports,
    bytes: () => view,
    allocate,
    allocateZeros(size) {
      const address = allocate(size)
      view.fill(0, address, address + size)
      return address
    },
    scratch(size) {
      reserve(free + size)
      return free
    },
    writeWords: (address, words) => new Int32Array(memory.buffer, address).set(words),
  }
}

const PAGE = 65536
/** The loops may read or write some bytes beyond an array. */
const MARGIN = 64

function alignAddress(address: number): number {
  return Math.ceil(address / 16) * 16
}
