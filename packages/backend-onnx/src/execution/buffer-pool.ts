import type { Numbers, NumberType } from '../lowering/value.ts'

/** Smallest length of an array that is reused. */
const MIN_LENGTH = 64

/** Reuses arrays: new ones cost the time to clear them and to map their memory page by page. */
export class BufferPool {
  /** Arrays by type and length, the least recently used first. */
  readonly #free = new Map<string, Numbers[]>()
  #bytes = 0
  readonly #maxBytes: number

  /** @param maxBytes most bytes of unused arrays */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes of unused arrays. */
  get bytes(): number {
    return this.#bytes
  }

  /** Returns an array with arbitrary content. */
  acquire(type: NumberType, length: number): Numbers {
    const data = this.#free.get(`${type}${length}`)?.pop()
    if (!data) return allocate(type, length)
    this.#bytes -= data.byteLength
    return data
  }

  /** Takes back an array that is not used any more. Those of the sizes that were used least recently make room for it. */
  release(type: NumberType, data: Numbers): void {
    if (data.length < MIN_LENGTH || data.byteLength > this.#maxBytes) return
    const key = `${type}${data.length}`
    const arrays = this.#free.get(key) ?? []
    this.#free.delete(key)
    this.#free.set(key, arrays)
    arrays.push(data)
    this.#bytes += data.byteLength
    if (this.#bytes > this.#maxBytes) this.#evict()
  }

  #evict(): void {
    for (const [key, arrays] of this.#free) {
      while (this.#bytes > this.#maxBytes) {
        const data = arrays.pop()
        if (!data) break
        this.#bytes -= data.byteLength
      }
      if (this.#bytes <= this.#maxBytes) return
      this.#free.delete(key)
    }
  }

  clear(): void {
    this.#free.clear()
    this.#bytes = 0
  }
}

/** Returns a new array of zeros. */
export function allocate(type: NumberType, length: number): Numbers {
  if (type === 'float32') return new Float32Array(length)
  return type === 'int32' ? new Int32Array(length) : new Uint8Array(length)
}
