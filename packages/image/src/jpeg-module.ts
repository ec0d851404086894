import { decodeBase64 } from '@facekp/base64'
import { JPEG_WASM } from './jpeg-wasm.ts'
import { createHeap, type HeapExports, keepInstance, type WasmHeap } from './wasm-heap.ts'

/** The functions of assembly/jpeg. Booleans are 0 or 1. */
interface JpegFunctions {
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

/** The WebAssembly of assembly/jpeg with its heap. */
export interface JpegModule extends JpegFunctions, WasmHeap {}

let compiling: Promise<WebAssembly.Module> | undefined
const getInstance = keepInstance<JpegFunctions & HeapExports>()

/**
 * Compiles the WebAssembly. Returns the function that opens the module with an empty heap: decode one image completely, without
 * `await`, before the next call.
 */
export async function loadJpegModule(): Promise<() => JpegModule> {
  compiling ??= WebAssembly.compile(decodeBase64(JPEG_WASM))
  const compiled = await compiling
  return () => {
    const exports = getInstance(compiled)
    return { ...exports, ...createHeap(exports) }
  }
}
