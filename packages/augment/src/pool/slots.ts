/** Stages of a sample in a worker, in order. */
export const DONE = 0
export const WAITING = 1
export const READING = 2
export const AUGMENTING = 3
export type Stage = typeof DONE | typeof WAITING | typeof READING | typeof AUGMENTING

/** Layout of a slot: stage, length of the id, exit flag, id. */
const STAGE = 0
const ID_LENGTH = 1
const EXITED = 2
const ID = 3
const MAX_ID_BYTES = 120
const SLOT_BYTES = ID + MAX_ID_BYTES

/**
 * Shared memory with one slot per sample in progress: its stage, its id, and whether its code ended the worker.
 *
 * Workers write it and the main thread reads it after a worker ended, to name the sample in the error.
 */
export class Slots {
  readonly memory: SharedArrayBuffer

  /** @param source the number of slots, or the memory of the main thread's slots */
  constructor(source: SharedArrayBuffer | number) {
    this.memory = typeof source === 'number' ? new SharedArrayBuffer(source * SLOT_BYTES) : source
  }

  clear(slot: number): void {
    this.#getBytes(slot).fill(0)
    this.setStage(slot, WAITING)
  }

  setStage(slot: number, stage: Stage): void {
    this.#getBytes(slot)[STAGE] = stage
  }

  getStage(slot: number): Stage {
    return this.#getBytes(slot)[STAGE] as Stage
  }

  /** Records that the code of this sample ends the worker. */
  markExited(slot: number): void {
    this.#getBytes(slot)[EXITED] = 1
  }

  hasExited(slot: number): boolean {
    return this.#getBytes(slot)[EXITED] === 1
  }

  /** Stores the first 120 bytes of the id. */
  setId(slot: number, id: string): void {
    const encoded = new TextEncoder().encode(id).subarray(0, MAX_ID_BYTES)
    const bytes = this.#getBytes(slot)
    bytes.set(encoded, ID)
    bytes[ID_LENGTH] = encoded.length
  }

  /** Returns the id; undefined before the sample is read. */
  getId(slot: number): string | undefined {
    const bytes = this.#getBytes(slot)
    const length = bytes[ID_LENGTH] as number
    // TextDecoder does not accept shared memory, so the bytes are copied.
    return length > 0 ? new TextDecoder().decode(bytes.slice(ID, ID + length)) : undefined
  }

  #getBytes(slot: number): Uint8Array {
    return new Uint8Array(this.memory, slot * SLOT_BYTES, SLOT_BYTES)
  }
}
