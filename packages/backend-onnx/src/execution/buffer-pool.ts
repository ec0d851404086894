import type { Numbers, NumberType } from '../lowering/value.ts'

/** Smallest length of an array that is reused. */
const MIN_LENGTH = 64

/** Reuses arrays: new ones cost the time to clear them and to map their memory page by page. */
export class BufferPool {
  readonly #free = new Map<string, Numbers[]>()
  #bytes = 0
  readonly #maxBytes: number

  /** @param maxBytes most bytes of unused arrays */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Returns an array with arbitrary content. */
  acquire(type: NumberType, length: number): Numbers {
    const data = this.#free.get(`${type}${length}`)?.pop()
    if (!data) return allocate(type, length)
    this.#bytes -= data.byteLength
    return data
  }

  /** Takes back an array that is not used any more. */
  release(type: NumberType, data: Numbers): void {
    if (data.length < MIN_LENGTH || this.#bytes + data.byteLength > this.#maxBytes) return
    const key = `${type}${data.length}`
    const arrays = this.#free.get(key)
    if (arrays) arrays.push(data)
    else this.#free.set(key, [data])
    this.#bytes += data.byteLength
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
