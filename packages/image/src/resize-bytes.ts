import { decodeBase64 } from '@facekp/base64'
import type { Image } from '@facekp/core'
import { type Axis, computeFilter } from './resample-filter.ts'
import { RESIZE_WASM } from './resize-wasm.ts'
import { createHeap, type HeapExports, keepInstance, type WasmHeap } from './wasm-heap.ts'

/** The functions of assembly/resize. */
interface ResizeFunctions {
  setFilter(counts: number, starts: number, weights: number, capacity: number): void
  resample(data: number, out: number, outer: number, length: number, inner: number, newLength: number): void
}

type ResizeModule = ResizeFunctions & WasmHeap

let compiled: WebAssembly.Module | undefined
const getInstance = keepInstance<ResizeFunctions & HeapExports>()

/** Resizes bytes, bit for bit as PIL does: along the rows first, then along the columns. */
export function resizeBytes(image: Image<Uint8Array>, width: number, height: number): Image<Uint8Array> {
  if (image.width === width && image.height === height) return image
  // Small enough to be compiled at once in the main thread of any browser.
  compiled ??= new WebAssembly.Module(decodeBase64(RESIZE_WASM))
  const exports = getInstance(compiled)
  const wasm: ResizeModule = { ...exports, ...createHeap(exports) }
  const { channels } = image
  const input = wasm.allocate(image.data.length)
  wasm.bytes().set(image.data, input)
  const across = { outer: image.height, length: image.width, inner: channels, newLength: width }
  const down = { outer: 1, length: image.height, inner: width * channels, newLength: height }
  const output = resample(wasm, resample(wasm, input, across), down)
  return { ...image, data: wasm.bytes().slice(output, output + width * height * channels), width, height }
}

/** Returns the address of the resampled values. */
function resample(wasm: ResizeModule, data: number, { outer, length, inner, newLength }: Axis): number {
  if (newLength === length) return data
  const { counts, starts, weights, capacity } = computeFilter(length, newLength)
  const countsAt = wasm.allocate(counts.byteLength)
  wasm.writeWords(countsAt, counts)
  // The loops read up to three places beyond the last.
  const startsAt = wasm.allocateZeros(starts.byteLength + 12)
  wasm.writeWords(startsAt, starts)
  const weightsAt = wasm.allocate(4 * weights.length + 3 * capacity)
  wasm.writeWords(weightsAt, quantize(weights))
  const out = wasm.allocate(outer * newLength * inner)
  wasm.setFilter(countsAt, startsAt, weightsAt, capacity)
  wasm.resample(data, out, outer, length, inner, newLength)
  return out
}

/** Converts weights to 2^-22ths, as Pillow does. */
function quantize(weights: Float64Array): Int32Array {
  const words = new Int32Array(weights.length)
  for (let i = 0; i < words.length; i++) words[i] = 0.5 + (weights[i] as number) * (1 << 22)
  return words
}
