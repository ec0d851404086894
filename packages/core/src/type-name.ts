/** Returns the name of a value's type for errors: `Uint8Array` also for a Node `Buffer`, and for arrays of another realm. */
export function getTypeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
