/**
 * Returns the name of a value's type for errors: `Uint8Array` also for a Node `Buffer`, and for arrays of another realm; `undefined` and
 * `null` as they are written.
 */
export function getTypeName(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
