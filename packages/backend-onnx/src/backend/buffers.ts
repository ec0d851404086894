import type { Numbers, NumberType } from '../lowering/value.ts'

const SMALLEST = 64

/** Memory that is used again: fresh arrays cost the time to be cleared, and page by page to be given by the system. */
export class Buffers {
  readonly #free = new Map<string, Numbers[]>()
  #bytes = 0
  /** How many bytes are kept at most. */
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** An array of any content. */
  take(type: NumberType, length: number): Numbers {
    const found = this.#free.get(`${type}${length}`)?.pop()
    if (!found) return toNumbers(type, length)
    this.#bytes -= found.byteLength
    return found
  }

  /** Gives an array back that nobody else holds. */
  give(type: NumberType, data: Numbers): void {
    if (data.length < SMALLEST || this.#bytes + data.byteLength > this.#limit) return
    const key = `${type}${data.length}`
    const list = this.#free.get(key)
    if (list) list.push(data)
    else this.#free.set(key, [data])
    this.#bytes += data.byteLength
  }

  clear(): void {
    this.#free.clear()
    this.#bytes = 0
  }
}

export function toNumbers(type: NumberType, length: number): Numbers {
  return type === 'float32'
    ? new Float32Array(length)
    : type === 'int32'
      ? new Int32Array(length)
      : new Uint8Array(length)
}
