import type { BufferManager, GpuBuffer } from './gpu-backend.ts'
import { override } from './override.ts'

/** Bits of a buffer's usage, as WebGPU defines them. */
const COPY_SRC = 0x04
const COPY_DST = 0x08
const UNIFORM = 0x40
const STORAGE = 0x80

/**
 * The buffers of a recording. While it is made, what the backend takes from its pool and returns stays here, so that nothing else
 * writes to it: results of programs are reused within the recording; uniforms and constants keep their numbers.
 */
export class RecordingBuffers {
  readonly #manager: BufferManager
  readonly #owned = new Set<GpuBuffer>()
  /** Buffers that programs write to. */
  readonly #results = new Set<GpuBuffer>()
  readonly #used = new Set<GpuBuffer>()
  readonly #free = new Map<string, GpuBuffer[]>()

  constructor(manager: BufferManager) {
    this.#manager = manager
  }

  /** Buffers that tensors still use. */
  get used(): ReadonlySet<GpuBuffer> {
    return this.#used
  }

  has(buffer: GpuBuffer): boolean {
    return this.#owned.has(buffer)
  }

  /** Tests whether programs may write to a buffer: it is no constant, and no input. */
  isResult(buffer: GpuBuffer): boolean {
    return this.#results.has(buffer)
  }

  /** Takes a buffer for an input. */
  acquireInput(size: number): GpuBuffer {
    const buffer = this.#manager.acquireBuffer(size, STORAGE | COPY_SRC | COPY_DST)
    this.#owned.add(buffer)
    return buffer
  }

  /** Lets the backend take and return buffers here. Returns a function that undoes it. */
  install(): () => void {
    const manager = this.#manager
    const acquireBuffer = manager.acquireBuffer.bind(manager)
    const releaseBuffer = manager.releaseBuffer.bind(manager)
    return override(manager, {
      acquireBuffer: (size, usage, mapped = false, reuse = true) => {
        // The others are for transfers.
        if (!(usage & (UNIFORM | STORAGE))) return acquireBuffer(size, usage, mapped, reuse)
        const isResult = !mapped && (usage & STORAGE) !== 0
        const buffer = (isResult && this.#free.get(`${size} ${usage}`)?.pop()) || acquireBuffer(size, usage, mapped)
        this.#owned.add(buffer)
        this.#used.add(buffer)
        if (isResult) this.#results.add(buffer)
        return buffer
      },
      releaseBuffer: (buffer, reuse = true) => {
        if (!this.#owned.has(buffer)) return releaseBuffer(buffer, reuse)
        this.#used.delete(buffer)
        if (!this.#results.has(buffer)) return
        const key = `${buffer.size} ${buffer.usage}`
        const free = this.#free.get(key) ?? []
        free.push(buffer)
        this.#free.set(key, free)
      },
    })
  }

  /** Returns all buffers to the backend but those that tensors still use, which return them. */
  dispose(): void {
    for (const buffer of this.#owned) if (!this.#used.has(buffer)) this.#manager.releaseBuffer(buffer)
    this.#owned.clear()
  }

  /** Takes over the buffers that tensors still use; the caller gives these tensors others. */
  takeUsed(): void {
    this.#used.clear()
  }
}
