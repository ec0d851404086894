/** What a WebAssembly module needs to have a heap. */
export interface HeapExports {
  readonly memory: WebAssembly.Memory
  /** Returns the address of the first free byte. */
  heapStart(): number
}

/** The memory of a WebAssembly module. */
export interface WasmHeap {
  /** Returns the memory; to be called again after each allocation. */
  bytes(): Uint8Array
  /** Reserves bytes. Returns their address, a multiple of 16. */
  allocate(size: number): number
  allocateZeros(size: number): number
  /** Returns the address of bytes that are free until the next allocation. */
  scratch(size: number): number
  /** Writes 32-bit integers. */
  writeWords(address: number, words: ArrayLike<number>): void
}

/** Creates a module's heap, all of it free. */
export function createHeap({ memory, heapStart }: HeapExports): WasmHeap {
  let free = alignAddress(heapStart())
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

/** Keeps an instance of a module and its memory for the next image, unless the memory has grown large. */
export function keepInstance<Exports extends HeapExports>(): (compiled: WebAssembly.Module) => Exports {
  let current: Exports | undefined
  return (compiled) => {
    if (!current || current.memory.buffer.byteLength > KEPT_BYTES) {
      current = new WebAssembly.Instance(compiled).exports as unknown as Exports
    }
    return current
  }
}

const KEPT_BYTES = 1 << 26
