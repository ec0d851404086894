import type { FacekpError } from '@facekp/core'

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

  /** Waits for a free slot. Throws the error of a closed queue. */
  async acquire(): Promise<number> {
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
