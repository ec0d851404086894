/** A reader of bytes from outside, and what is needed to fuzz it. */
export interface FuzzReader {
  /** Small valid inputs, which mutations change. */
  readonly inputs: readonly Uint8Array[]
  /** Words of the format, which mutations insert (default: none but those of all formats). */
  readonly words?: readonly string[]
  /** Wraps mutated bytes, so that a checksum or compression does not stop all mutations at once (default: leaves them as they are). */
  readonly seal?: (bytes: Uint8Array) => Uint8Array
  /**
   * Reads mutated bytes and releases what it read.
   *
   * @param folder where files may be written; nothing may appear beside it
   * @throws what the reader throws; an `Error` if what the reader returned is invalid
   */
  readonly read: (bytes: Uint8Array, folder: string) => unknown
}

/** Creates the readers of a table by their names. */
export type FuzzReaders = Readonly<Record<string, () => Promise<FuzzReader>>>

/** Throws if a reader returned something invalid. */
export function assertValid(isValid: boolean, what: string): void {
  if (!isValid) throw new Error(`the reader returned ${what}`)
}
