import { type FacekpError, raceWithSignal } from '@facekp/core'

/** Hands out a limited number of slots; callers wait until one is free. */
export class SlotQueue {
  readonly #free: number[]
  readonly #waiting: (() => void)[] = []
  #error: FacekpError | undefined

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, slot) => slot)
  }

  /** Returns the error that closed the queue. */
  get error(): FacekpError | undefined {
    return this.#error
  }

  /** Waits for a free slot. Throws the error of a closed queue, and the signal's reason once it is aborted. */
  async acquire(signal?: AbortSignal): Promise<number> {
    const slot = this.#acquire()
    try {
      return await raceWithSignal(slot, signal)
    } catch (error) {
      // A slot that comes later is the next caller's.
      slot.then(
        (slot) => this.release(slot),
        () => {},
      )
      throw error
    }
  }

  async #acquire(): Promise<number> {
    while (this.#free.length === 0 && !this.#error) {
      await new Promise<void>((resume) => this.#waiting.push(resume))
    }
    if (this.#error) throw this.#error
    return this.#free.pop() as number
  }

  release(slot: number): void {
    this.#free.push(slot)
    this.#waiting.shift()?.()
  }

  /** Closes the queue for all callers; returns false if it is closed already. */
  close(error: FacekpError): boolean {
    if (this.#error) return false
    this.#error = error
    for (const resume of this.#waiting.splice(0)) resume()
    return true
  }
}
