/** How far a sample is. The thread is least likely to have ended over one that is done, most likely over one that it was changing. */
export const DONE = 0
export const WAITING = 1
export const READING = 2
export const CHANGING = 3
export type Stage = typeof DONE | typeof WAITING | typeof READING | typeof CHANGING

const NAME_BYTES = 120
const HEAD = 3

/**
 * What the workers write down for the case that one of them ends without a word: for each sample under way, how far it is and its
 * id. Memory that all threads share.
 */
export class Slots {
  readonly memory: SharedArrayBuffer

  constructor(from: SharedArrayBuffer | number) {
    this.memory = typeof from === 'number' ? new SharedArrayBuffer(from * (HEAD + NAME_BYTES)) : from
  }

  clear(slot: number): void {
    this.#bytes(slot).fill(0)
    this.reach(slot, WAITING)
  }

  reach(slot: number, stage: Stage): void {
    this.#bytes(slot)[0] = stage
  }

  stage(slot: number): Stage {
    return this.#bytes(slot)[0] as Stage
  }

  /** The thread ends, and it is this sample's code that ends it. */
  end(slot: number): void {
    this.#bytes(slot)[2] = 1
  }

  ended(slot: number): boolean {
    return this.#bytes(slot)[2] === 1
  }

  /** Keeps the first 120 bytes of the id. */
  name(slot: number, id: string): void {
    const bytes = new TextEncoder().encode(id).subarray(0, NAME_BYTES)
    const own = this.#bytes(slot)
    own.set(bytes, HEAD)
    own[1] = bytes.length
  }

  /** Undefined where the sample has not been read. */
  id(slot: number): string | undefined {
    const own = this.#bytes(slot)
    const length = own[1] as number
    // A decoder takes no shared memory.
    return length > 0 ? new TextDecoder().decode(own.slice(HEAD, HEAD + length)) : undefined
  }

  #bytes(slot: number): Uint8Array {
    return new Uint8Array(this.memory, slot * (HEAD + NAME_BYTES), HEAD + NAME_BYTES)
  }
}
